"""The code of a function: what its package or image holds, and what is called in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.manifests.deployed import join
from flake8_lambda_perf.manifests.web_adapter import application_of_script

if TYPE_CHECKING:
    from pathlib import Path

    from flake8_lambda_perf.manifests.inline import Inline
    from flake8_lambda_perf.model import Said


@dataclass(frozen=True, slots=True)
class Code:
    """A handler string, the folder it is looked up from, and what the image of the function states."""

    handler: str
    root: str | None
    inline: Inline | None = None
    web_adapter: bool = False
    said: tuple[Said, ...] = ()

    def called(self, root: Path, web_adapter: bool) -> str:
        """The handler; behind a web adapter the application that it starts where it is a script."""
        if not web_adapter or not self.handler.endswith(".sh"):
            return self.handler
        return application_of_script(root, self.root, self.handler) or self.handler


def of_image(root: Path, context: str | None, dockerfile: str, handler: str | None) -> Code | None:
    """The code of an image that is built in the folder `context`: the command that is given, else the Dockerfile's."""
    from flake8_lambda_perf.manifests.dockerfile import image_of  # most functions are deployed without an image

    path = None if context is None else join(context, dockerfile)
    image = None if path is None else image_of(root, path, context, handler)
    if image is None or image.handler is None:
        return None if handler is None else Code(handler, context)
    return Code(image.handler, image.root, web_adapter=image.web_adapter, said=image.said)
