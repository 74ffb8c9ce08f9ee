"""How deployment programs in TypeScript are followed to the functions they declare."""

from __future__ import annotations

from pathlib import Path

import pytest
from deployment_programs import in_short
from typescript_programs import CODE, FUNCTION, LIBRARY, RUNTIME, declared

MAKE = f'new lambda.Function(s, "F", {{{RUNTIME}, code: lambda.Code.fromAsset("src"), handler: '
ORDERS = ["1 F orders.handler in 'src'"]

FOLLOWED = {
    "a constant": f'const handler = "orders.handler";\n{MAKE}handler}});',
    "a template": f"const name = 'orders';\n{MAKE}`${{name}}.handler`}});",
    "a sum": f"let name = 'orders';\nname += '.';\n{MAKE}name + 'handler'}});",
    "an escape": f'{MAKE}"\\x6frders\\u002ehandler"}});',
    "an entry of an object": f'const all = {{"a-b": {{handler: "orders.handler"}}}};\n{MAKE}all["a-b"].handler}});',
    "an item of a list": f'const all = ["x", "orders.handler"];\n{MAKE}all[1]}});',
    "destructured": f'const {{a: {{handler}}, ...more}} = {{a: {{handler: "orders.handler"}}}};\n{MAKE}handler}});',
    "destructured from a list": f'const [, ...[name]] = ["x", "orders.handler"];\n{MAKE}name}});',
    "a default": f'const {{handler = "orders.handler"}} = {{}};\n{MAKE}handler}});',
    "the rest": f'const {{x, ...more}} = {{x: 1, handler: "orders.handler"}};\n{MAKE}more.handler}});',
    "an enumeration": f'enum Names {{ Orders = "orders.handler" }}\n{MAKE}Names.Orders}});',
    "a namespace": f'namespace names {{ export const orders = "orders.handler"; }}\n{MAKE}names.orders}});',
    "a cast": f'{MAKE}("orders.handler" as string)!}});',
    "a condition that is known": f'const stage = "dev";\n{MAKE}stage === "dev" ? "orders.handler" : "x.y"}});',
    "a default for nothing": f'let name: string | undefined;\n{MAKE}name ?? "orders.handler"}});',
    "a default for an empty text": f'{MAKE}"" || "orders.handler"}});',
    "a guard": f'{MAKE}"x" && "orders.handler"}});',
    "a replaced text": f'{MAKE}"orders-handler".replace("-", ".")}});',
    "a replaced pattern": f"{MAKE}'orders:handler:'.replace(/[:]$/, '').replace(/(s):/g, '$1.')}});",
    "a part of a text": f"{MAKE}'orders.handler.py'.slice(0, -3)}});",
    "a joined list": f'{MAKE}["orders", "handler"].join(".")}});',
    "a split text": f'{MAKE}"src/orders.handler".split("/")[1]}});',
    "a function": f'function name(n: string) {{ return `${{n}}.handler`; }}\n{MAKE}name("orders")}});',
    "an arrow": f'const name = (n = "orders") => n + ".handler";\n{MAKE}name()}});',
    "a function either way": f"const n = () => {{ if (x) return o; return o; }}, o = 'orders.handler';\n{MAKE}n()}});",
    "a function used before it stands": f'{MAKE}name()}});\nfunction name() {{ return "orders.handler"; }}',
    "a static member": f'class Names {{ static orders = "orders.handler"; }}\n{MAKE}Names.orders}});',
    "a static method": f'class Names {{ static orders() {{ return "orders.handler"; }} }}\n{MAKE}Names.orders()}});',
    "a property of an object": f'class A {{ name = "orders.handler"; }}\n{MAKE}new A().name}});',
    "a parameter that is a property": (
        f"class A {{ constructor(readonly name: string) {{}} }}\n{MAKE}new A('orders.handler').name}});"
    ),
    "a computed property": f'class A {{ get name() {{ return "orders.handler"; }} }}\n{MAKE}new A().name}});',
    "a property that the constructor sets": (
        f"class A {{ name; constructor(n) {{ this.name = n; }} }}\n{MAKE}new A('orders.handler').name}});"
    ),
    "an inherited method": (
        "class A { name() { return this.n; } }\nclass B extends A { n = 'orders.handler'; }\n"
        f"{MAKE}new B().name()}});"
    ),
    "a method of the class above": (
        "class A { name() { return 'orders.handler'; } }\nclass B extends A { name() { return super.name(); } }\n"
        f"{MAKE}new B().name()}});"
    ),
    "an assignment": f"const o: any = {{}};\no.a = {{}};\no.a['name'] = 'orders.handler';\n{MAKE}o.a.name}});",
    "an awaited value": f"const n = async () => 'orders.handler';\n(async () => {{ {MAKE}await n()}}); }})();",
    "a branch that says the same": f"let n = 'orders.handler';\nif (x) {{ n = 'orders.handler'; }}\n{MAKE}n}});",
    "merged objects": f"{MAKE}Object.assign({{}}, {{n: 'orders.handler'}}).n}});",
    "a value that is tried": f"let n;\ntry {{ n = 'orders.handler'; }} catch (e) {{ throw e; }}\n{MAKE}n}});",
}


def short(line: str) -> str:
    """The same line of a summary without its place."""
    return line.split(":", 1)[1].split(" ", 1)[1]


@pytest.mark.parametrize("program", FOLLOWED.values(), ids=list(FOLLOWED))
def test_a_value_is_followed(program: str, tmp_path: Path) -> None:
    found = declared(tmp_path, {**CODE, "app.ts": LIBRARY + program})
    assert [short(in_short(one)) for one in found] == ["F orders.handler in 'src'"]


UNKNOWN = {
    "an environment variable": f"{MAKE}process.env.HANDLER ?? 'orders.handler'}});",
    "a choice": f"{MAKE}stage === 'dev' ? 'orders.handler' : 'x.y'}});",
    "a branch": f"let n = 'orders.handler';\nif (x) {{ n = 'x.y'; }}\n{MAKE}n}});",
    "a property in a branch": f"const o = {{n: 'orders.handler'}};\nif (x) {{ o.n = 'x.y'; }}\n{MAKE}o.n}});",
    "a loop": f"let n = 'orders.handler';\nwhile (x) {{ n = 'x.y'; }}\n{MAKE}n}});",
    "an object that others add to": f"const o = {{n: 'orders.handler', ...x}};\n{MAKE}o.n}});",
    "a function of two returns": f"function n() {{ if (x) return 'orders.handler'; return 'x.y'; }}\n{MAKE}n()}});",
    "a case": f"let n = 'orders.handler';\nswitch (x) {{ case 1: n = 'x.y'; break; default: }}\n{MAKE}n}});",
    "a list that may hold more": f"{MAKE}[...x, 'orders.handler'][0]}});",
    "an argument of a list": f"const n = (a, b = 'orders.handler') => b;\n{MAKE}n(...x)}});",
    "an argument": f"export function make(n: string) {{ {MAKE}n}}); }}",
}


@pytest.mark.parametrize("program", UNKNOWN.values(), ids=list(UNKNOWN))
def test_what_only_running_tells_is_unknown(program: str, tmp_path: Path) -> None:
    assert declared(tmp_path, {**CODE, "app.ts": LIBRARY + program}) == ()


NAMES = ["orders", "users"]
OWN = f"new PythonFunction(s, n, {{{RUNTIME}, entry: `src/${{n}}`}})"
SEVERAL = {
    "a loop": f"for (const n of {NAMES}) {{ {OWN}; }}",
    "a loop that counts": f"const all = {NAMES};\nfor (let i = 0; i < all.length; i++) {{ const n = all[i]; {OWN}; }}",
    "a loop over keys": f"for (const n in {{orders: 1, users: 2}}) {OWN};",
    "forEach": f"{NAMES}.forEach((n) => {OWN});",
    "map": f"{NAMES}.map(id => ({{id}})).map(({{id: n}}) => {OWN});",
    "filter": f"{[*NAMES, 'x']}.filter(n => n !== 'x').forEach(n => {OWN});",
    "entries": (
        "for (const [id, o] of Object.entries({orders: {e: 'src/orders'}, users: {e: 'src/users'}})) {"
        f" new PythonFunction(s, id, {{{RUNTIME}, entry: o.e}}); }}"
    ),
    "values": (f"Object.values({{a: {{id: 'orders'}}, b: {{id: 'users'}}}}).forEach(({{id: n}}) => {OWN});"),
    "a helper": (
        f"const make = (id: string, more = {{}}) => new PythonFunction(s, id, {{{RUNTIME}, ...more}});\n"
        "make('orders', {entry: 'src/orders'}); make('users', {entry: 'src/users'});"
    ),
    "a subclass": (
        "class Own extends PythonFunction { constructor(scope, id, props) {"
        f" super(scope, id, {{{RUNTIME}, entry: `src/${{id}}`, ...props}}); }} }}\n"
        "new Own(s, 'orders', {}); new Own(s, 'users');"
    ),
    "a construct": (
        "class Api extends Construct { constructor(scope, id, props) { super(scope, id);"
        f" new PythonFunction(this, props.n, {{{RUNTIME}, entry: 'src/' + props.n}}); }} }}\n"
        "new Api(s, 'A', {n: 'orders'}); new Api(s, 'B', {n: 'users'});"
    ),
    "a method": (
        "class Service extends Stack {\n constructor(s, id) { super(s, id); NAMES.forEach(n => this.make(n)); }\n"
        f" private make(n) {{ {OWN}; }}\n}}\nconst NAMES = {NAMES};\nnew Service(a, 'S');"
    ),
    "a list that grows": (f"const all = [];\nall.push('orders');\nall.push('users');\nall.forEach(n => {OWN});"),
    "a spread list": (f"for (const n of [...['orders'], ...['users']]) {OWN};"),
}
HEAD = (
    f'{LIBRARY}import {{ PythonFunction }} from "@aws-cdk/aws-lambda-python-alpha";\n'
    'import { Stack } from "aws-cdk-lib";\nimport { Construct } from "constructs";\n'
)


@pytest.mark.parametrize("program", SEVERAL.values(), ids=list(SEVERAL))
def test_each_function_of_a_loop_or_helper_is_one(program: str, tmp_path: Path) -> None:
    found = declared(tmp_path, {"cdk.json": "", "app.ts": HEAD + program})
    assert {(one.root, one.handler) for one in found} == {
        ("src/orders", "index.handler"),
        ("src/users", "index.handler"),
    }
    assert len(found) == 2


def test_functions_of_one_place_are_told_by_the_text_that_makes_them_differ(tmp_path: Path) -> None:
    program = f"""\
{LIBRARY}const all = [
  {{name: "orders"}},
  {{name: "users"}},
];
const make = (handler: string) =>
  new lambda.Function(s, "Own", {{{RUNTIME}, handler, code: lambda.Code.fromAsset("src")}});
make("a.handler");
make("b.handler");
all.forEach(({{name}}) => {{
  new lambda.Function(s, `${{name}}-function`, {{
    {RUNTIME}, handler: `${{name}}.handler`, code: lambda.Code.fromAsset("src")}});
}});
"""
    assert [in_short(one) for one in declared(tmp_path, {**CODE, "app.ts": program})] == [
        "app.ts:8 Own a.handler in 'src'",
        "app.ts:9 Own b.handler in 'src'",
        "app.ts:3 orders-function orders.handler in 'src'",
        "app.ts:4 users-function users.handler in 'src'",
    ]


IMPORTS = {
    'import { Function as Fn, Runtime, Code } from "aws-cdk-lib/aws-lambda";': "Fn|Runtime|Code",
    'import * as cdk from "aws-cdk-lib";': "cdk.aws_lambda.Function|cdk.aws_lambda.Runtime|cdk.aws_lambda.Code",
    'import { aws_lambda } from "aws-cdk-lib";': "aws_lambda.Function|aws_lambda.Runtime|aws_lambda.Code",
    'import * as lambda from "@aws-cdk/aws-lambda";': "lambda.Function|lambda.Runtime|lambda.Code",
    'import lambda = require("@aws-cdk/aws-lambda");': "lambda.Function|lambda.Runtime|lambda.Code",
    'const lambda = require("aws-cdk-lib/aws-lambda");': "lambda.Function|lambda.Runtime|lambda.Code",
    'const { Function: Fn, Runtime, Code } = require("aws-cdk-lib/aws-lambda");': "Fn|Runtime|Code",
    'const { aws_lambda: own } = require("aws-cdk-lib");': "own.Function|own.Runtime|own.Code",
}


@pytest.mark.parametrize(("line", "names"), IMPORTS.items(), ids=list(IMPORTS))
def test_every_way_to_import_the_library_is_known(line: str, names: str, tmp_path: Path) -> None:
    function, runtime, code = names.split("|")
    call = f'new {function}(s, "F", {{runtime: {runtime}.PYTHON_3_12, handler: "orders.handler", code}});'
    line += f' const code = {code}.fromAsset("src");'
    for name in ("app.ts", "app.js", "app.mjs"):
        (found,) = declared(tmp_path / name, {**CODE, name: f"{line}\n{call}\n"})
        assert in_short(found) == f"{name}:2 F orders.handler in 'src'"


def test_other_files_of_the_program_are_followed(tmp_path: Path) -> None:
    files = {
        "bin/app.ts": (
            'import { App } from "aws-cdk-lib";\nimport Service, * as all from "../lib/service.js";\n'
            'new Service(new App(), "S", {folder: "src", names: all.NAMES});\n'
        ),
        "lib/service.ts": (
            'import { Stack } from "aws-cdk-lib";\nimport { make as create } from "./index";\n'
            'export * from "./constants";\n'
            "export default class extends Stack {\n constructor(scope, id, props) {\n  super(scope, id, props);\n"
            "  props.names.forEach(n => create(this, n, props.folder));\n }\n}\n"
        ),
        "lib/index.ts": 'export { make } from "./make";\n',
        "lib/make.ts": (
            f"{LIBRARY}export function make(scope, name, folder) {{\n"
            f"  new lambda.Function(scope, name, {{{RUNTIME}, handler: `${{name}}.handler`,\n"
            "    code: lambda.Code.fromAsset(folder)});\n}\n"
        ),
        "lib/constants.ts": 'export const NAMES = ["orders",\n  "users"];\n',
    }
    assert [in_short(one) for one in declared(tmp_path, {**CODE, **files})] == [
        "lib/constants.ts:1 orders orders.handler in 'src'",
        "lib/constants.ts:2 users users.handler in 'src'",
    ]


def test_files_that_import_each_other_are_followed(tmp_path: Path) -> None:
    files = {
        "a.ts": f'{LIBRARY}import {{ name }} from "./b";\nexport * from "./b";\nexport const own = "orders";\n'
        f"export const make = () => {MAKE}`${{name()}}.handler`}});\nmake();\n",
        "b.ts": 'import { own } from "./a";\nexport * from "./a";\nexport const name = () => own;\n',
    }
    (found,) = declared(tmp_path, {**CODE, **files})
    assert in_short(found) == "a.ts:5 F orders.handler in 'src'"


def test_modules_of_common_js_are_followed(tmp_path: Path) -> None:
    files = {
        "app.js": f'const {{ make }} = require("./lib");\nmake("orders");\nrequire("./lib").other();\n// {LIBRARY}',
        "lib/index.js": (
            f'const lambda = require("aws-cdk-lib/aws-lambda");\n'
            f"function make(n) {{ {MAKE}n + '.handler'}}); }}\n"
            "module.exports = { make };\nexports.other = () => make('users');\n"
        ),
    }
    assert sorted(short(in_short(one)) for one in declared(tmp_path, {**CODE, **files})) == [
        "F orders.handler in 'src'",
        "F users.handler in 'src'",
    ]


def test_what_others_use_is_not_run_by_itself_too(tmp_path: Path) -> None:
    program = f"""\
{LIBRARY}import {{ Construct }} from "constructs";
export class Inner extends Construct {{
  constructor(scope, id, props) {{
    super(scope, id);
    new lambda.Function(this, "F", {{{RUNTIME}, handler: "orders.handler", code: lambda.Code.fromAsset(props.path)}});
  }}
}}
export class Outer extends Construct {{
  constructor(scope, id) {{
    super(scope, id);
    new Inner(this, "Inner", {{path: "src"}});
  }}
}}
"""
    (found,) = declared(tmp_path, {**CODE, "app.ts": program})
    assert in_short(found) == "app.ts:6 Inner/F orders.handler in 'src'"


def test_what_nothing_uses_is_run_with_anything_for_its_parameters(tmp_path: Path) -> None:
    program = f"""\
{LIBRARY}import {{ Stack }} from "aws-cdk-lib";
export class Service extends Stack {{
  constructor(scope, id, props) {{
    super(scope, id, props);
    new lambda.Function(this, "Orders", {{{FUNCTION}, memorySize: props.memory}});
  }}
  more() {{ new lambda.Function(this, "More", {{{FUNCTION}}}); }}
}}
export const stack = (scope) => {{ new lambda.Function(scope, "Arrow", {{{FUNCTION}}}); }};
names.forEach(n => new lambda.Function(s, "Back", {{{FUNCTION}}}));
lib.later({{run() {{ new lambda.Function(s, "Later", {{{FUNCTION}}}); }}}});
"""
    found = declared(tmp_path, {**CODE, "app.ts": program})
    assert sorted(in_short(one) for one in found) == [
        "app.ts:10 Arrow orders.handler in 'src'",
        "app.ts:11 Back orders.handler in 'src'",
        "app.ts:12 Later orders.handler in 'src'",
        "app.ts:6 Orders orders.handler in 'src'",
        "app.ts:8 More orders.handler in 'src'",
    ]


def test_a_construct_is_named_after_the_one_around_it(tmp_path: Path) -> None:
    program = f"""\
{HEAD}class Api extends Construct {{
  constructor(scope, id) {{
    super(scope, id);
    new lambda.Function(this, "Handler", {{{FUNCTION}}});
  }}
}}
class Service extends Stack {{
  constructor(scope, id) {{
    super(scope, id);
    new Api(this, "Orders");
  }}
}}
new Service(app, "Service");
"""
    (found,) = declared(tmp_path, {**CODE, "app.ts": program})
    assert found.resource == "Orders/Handler"


def test_the_projects_own_modules_are_never_those_of_node(tmp_path: Path) -> None:
    files = {
        "app.ts": f'{LIBRARY}import {{ handler }} from "./node_modules/own/index";\n{MAKE}handler}});',
        "node_modules/own/index.ts": 'export const handler = "orders.handler";\n',
    }
    assert declared(tmp_path, {**CODE, **files}) == ()
