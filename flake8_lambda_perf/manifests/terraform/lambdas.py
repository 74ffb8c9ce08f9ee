"""The Lambda functions that a module declares: resources, and calls of the community's module."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.manifests.deployed import Deployed, is_python, join
from flake8_lambda_perf.manifests.dockerfile import Image, image_of
from flake8_lambda_perf.manifests.facts import Facts
from flake8_lambda_perf.manifests.terraform import facts
from flake8_lambda_perf.manifests.terraform.code import PACKAGES
from flake8_lambda_perf.manifests.terraform.data import Value, as_flag, as_text
from flake8_lambda_perf.manifests.terraform.hcl_nodes import Literal
from flake8_lambda_perf.manifests.terraform.settings import Settings, instance_of, pointed, settings_of
from flake8_lambda_perf.manifests.web_adapter import application_of_script

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.inline import Inline
    from flake8_lambda_perf.manifests.terraform.code import Sources
    from flake8_lambda_perf.manifests.terraform.hcl_nodes import Block, Spot
    from flake8_lambda_perf.manifests.terraform.invocations import Elsewhere
    from flake8_lambda_perf.manifests.terraform.scopes import Instance, Scope
    from flake8_lambda_perf.model import Said

RESOURCE = "aws_lambda_function"
COMMUNITY = re.compile(r"(?:^|[/:])terraform-aws-modules/(?:terraform-aws-)?lambda(?:/aws)?(?:\.git)?/?(?:\?|$)")
SWITCHES = ("create", "create_function")
SNAKE = re.compile(r"[\w./-]+\.[a-z]+(?:_[a-z]+)+")
DOCKER_BUILD = "//modules/docker-build"


def is_function(call: Block) -> bool:
    """Whether a call is of the community's module for functions."""
    source = call.body.get("source")
    return isinstance(source, Literal) and COMMUNITY.search(str(source.value)) is not None


@dataclass(frozen=True, slots=True, eq=False)
class Declared:
    """One function as a block declares it."""

    scope: Scope
    names: tuple[str, ...]
    block: Block
    instance: Instance

    @property
    def address(self) -> str:
        """Its name as Terraform prints it."""
        key = self.instance.key
        index = "" if key is None else f"[{key}]" if isinstance(key, int) else f'["{key}"]'
        return f"{self.scope.address}{'.'.join(self.names)}{index}"

    def place(self, value: Value | None) -> Spot:
        """What declares it: the innermost block or entry in the folder whose files state `value`."""
        spots = (self.instance.spot, *self.scope.spots)
        folder = None if value is None or value.spot is None else posixpath.dirname(value.spot.path)
        return next((spot for spot in spots if posixpath.dirname(spot.path) == folder), spots[0])

    def is_left_open(self, value: Value | None) -> bool:
        """Whether a value is a variable's default in a module that nobody calls: whoever does will give another."""
        spot = None if value is None else value.spot
        return spot is not None and self.scope.call is None and self.scope.folder.is_default(spot)


@dataclass(frozen=True, slots=True)
class Code:
    """The code of a function: its handler string and what states it, the folder it is looked up from, its image."""

    handler: str
    stated: Value | None
    root: str | None
    image: Image | None = None
    inline: Inline | None = None


class Lambdas:
    """Reads functions; knows where code lies and what other resources say."""

    def __init__(self, sources: Sources, elsewhere: Elsewhere) -> None:
        self._sources = sources
        self._elsewhere = elsewhere

    def read(self, declared: Declared) -> Deployed | None:
        """One function, None where it runs no Python."""
        settings = settings_of(self._sources.evaluation, declared.block, declared.instance)
        switches = [settings.get(name) for name in SWITCHES] if declared.names[0] == "module" else []
        if any(each is not None and as_flag(each.data) is False for each in switches):
            return None
        return self._function(declared, settings)

    def _function(self, declared: Declared, settings: Settings) -> Deployed | None:
        is_image = settings.text("package_type") == "Image" or settings.get("image_uri") is not None
        runtime = None if is_image else settings.text("runtime")
        if runtime and not runtime.startswith("python"):
            return None
        code = self._image(settings) if is_image else self._archive(settings)
        if code is None or (code.root is None and declared.is_left_open(code.stated)):
            return None
        known = Facts(self._said(declared, settings, code, is_image=is_image))
        adapter = facts.has_web_adapter(settings, known.said) or (code.image is not None and code.image.web_adapter)
        spot = declared.place(code.stated)
        root = self._sources.root
        deployed = Deployed(
            handler=(_script(code, self._sources) if adapter else None) or code.handler,
            root=code.root,
            manifest=spot.path,
            line=spot.line,
            resource=declared.address,
            runtime=known.word("runtime") if is_image else runtime or None,
            memory=known.number("memory"),
            timeout=known.number("timeout"),
            snapstart=known.flag("snapstart"),
            vpc=known.flag("vpc"),
            provisioned_concurrency=known.flag("provisioned_concurrency"),
            layers=self._layers(settings),
            architecture=known.word("architecture"),
            ephemeral_storage=known.number("ephemeral_storage"),
            efs=known.flag("efs"),
            package="image" if is_image else "zip",
            web_adapter=adapter,
            concurrent=facts.is_concurrent(settings),
            said=known.said,
            inline=code.inline,
        )
        # What Node.js calls its functions has no underscore; without a runtime that is all there is to go by.
        named = deployed.runtime is None and SNAKE.fullmatch(deployed.handler) is not None
        return deployed if named or is_python(root, deployed) else None

    def _said(self, declared: Declared, settings: Settings, code: Code, *, is_image: bool) -> Iterator[Said]:
        of = facts.of_resource if declared.names[0] == RESOURCE else facts.of_module
        yield from of(settings, self._sources, is_image=is_image)
        name = settings.text("function_name")
        yield from self._elsewhere.of((declared.scope, declared.names), declared.instance.key, name)
        yield from () if code.image is None else code.image.said

    def _archive(self, settings: Settings) -> Code | None:
        """The handler of a package, and its folder by the first of its settings that leads to one."""
        stated = settings.get("handler")
        handler = None if stated is None else as_text(stated.data)
        if not handler:
            return None
        scope, sources = settings.env.scope, self._sources
        source_path = settings.get("source_path")
        if source_path is not None:
            folder = sources.of_path(source_path, scope, handler)
            return Code(handler, stated, sources.holding(folder, scope, handler))
        for name in PACKAGES:
            value = settings.get(name)
            code = None if value is None else sources.inlined(value, scope, name, handler)
            if code is not None:
                return Code(handler, stated, code.root, inline=code)
            folder = sources.folder(value, scope, name, handler)
            if folder is not None:
                return Code(handler, stated, sources.holding(folder, scope, handler))
        return Code(handler, stated, sources.holding(None, scope, handler))

    def _image(self, settings: Settings) -> Code | None:
        """What an image runs: the command that is given, else that of its Dockerfile."""
        command = settings.within("image_config", "command") or settings.get("image_config_command")
        words = command.data if command is not None and isinstance(command.data, tuple) else ()
        stated = words[0] if len(words) == 1 else None
        handler = None if stated is None else as_text(stated.data)
        context, dockerfile = self._context(settings)
        path = None if context is None else join(context, dockerfile)
        image = None if path is None else image_of(self._sources.root, path, context, handler)
        if image is None or image.handler is None:
            return None if handler is None else Code(handler, stated, context)
        return Code(image.handler, stated, image.root, image)

    def _context(self, settings: Settings) -> tuple[str | None, str]:
        """The folder that the community's module builds an image from, and the Dockerfile in it."""
        found = pointed(settings.get("image_uri"))
        if found is None or found[1][0] != "module":
            return None, ""
        scope, evaluation = found[0].scope, self._sources.evaluation
        call = instance_of(evaluation, scope.folder.modules.get(found[1][1]), scope, found[2])
        if call is None or DOCKER_BUILD not in (call.text("source") or ""):
            return None, ""
        context = self._sources.folder(call.get("source_path"), scope, "source_path")
        return context, call.text("docker_file_path") or "Dockerfile"

    def _layers(self, settings: Settings) -> tuple[str, ...]:
        scope = settings.env.scope
        folders = (self._sources.layer(layer, scope) for layer in facts.layers(settings))
        return tuple(dict.fromkeys(folder for folder in folders if folder is not None))


def _script(code: Code, sources: Sources) -> str | None:
    """The application behind a web adapter, where the handler is the script that starts it."""
    return application_of_script(sources.root, code.root, code.handler) if code.handler.endswith(".sh") else None
