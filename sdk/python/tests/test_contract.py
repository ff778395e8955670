"""Every operation of the API has a method here, or the README says why not."""

import ast
import fnmatch
import pathlib
import re

HERE = pathlib.Path(__file__).parent.parent
CONTRACT = HERE.parent.parent / "api" / "openapi.yaml"
VERBS = {"_get": "get", "_items": "get", "_chunks": "get", "_stream": "get", "_upgrade": "get"}
VERBS |= {"_post": "post", "_put": "put", "_patch": "patch", "_delete": "delete"}


def operations():
    """What the contract has: by name, its method and path."""
    found, path, method = {}, "", ""
    for line in CONTRACT.read_text().splitlines():
        if at := re.match(r"  (/\S*):$", line):
            path = at[1]
        elif at := re.match(r"    (get|post|put|patch|delete):$", line):
            method = at[1]
        elif at := re.match(r"      operationId: (\S+)$", line):
            found[at[1]] = (method, path)
    return found


def written(node, names):
    """A path as it stands in the code, with {} for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return names.get(ast.unparse(node))


def reached():
    """What the methods ask for: HTTP methods and paths."""
    for source in (HERE / "src" / "stoa" / "_async").glob("*.py"):
        module = ast.parse(source.read_text())
        kept = assigned(module, ast.Attribute)
        for function in ast.walk(module):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                names = kept | assigned(function, ast.Name)
                for call in ast.walk(function):
                    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                        yield from requests(call.func.attr, [written(a, names) or "" for a in call.args])


def assigned(within, kind):
    """The texts that variables or attributes are set to."""
    return {
        ast.unparse(target): written(node.value, {})
        for node in ast.walk(within)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, kind)
    }


def requests(name, arguments):
    """What a call asks for, if it is one of the client's that ask."""
    if name in VERBS:
        yield from ((VERBS[name], text) for text in arguments if text.startswith("/"))
    elif name in ("request", "_begin") and len(arguments) > 1 and arguments[1].startswith("/"):
        yield arguments[0].lower(), arguments[1]


def meant(method, path, all_operations):
    """The operation that a request reaches: the one whose path has the fewest placeholders."""
    fits = []
    for name, (of, pattern) in all_operations.items():
        expression = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(pattern))
        if of == method and re.fullmatch(expression, "/api/v1" + path):
            fits.append((pattern.count("{"), name))
    return min(fits)[1] if fits else None


def test_every_operation_has_a_method_or_a_reason():
    everything = operations()
    assert len(everything) > 150
    section = (HERE / "README.md").read_text().split("## What has no method\n")[1].split("\n## ")[0]
    reasons = re.findall(r"`([a-z0-9_.*]+)`", section)
    has, nowhere = set(), []
    for method, path in reached():
        name = meant(method, path, everything)
        has.add(name)
        if name is None:
            nowhere.append(f"{method} {path}")
    assert not nowhere, "the contract has no such operation"
    without = {name for name in everything if not any(fnmatch.fnmatch(name, reason) for reason in reasons)}
    lacking = without - has
    assert not lacking, "operations that have neither a method nor a reason"
    assert all(fnmatch.filter(everything, reason) for reason in reasons), "reasons for what is no operation"
