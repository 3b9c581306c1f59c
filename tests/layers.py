"""Which layer a file is in, what it imports, and what it may import: read from the source."""

import ast
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent

BASE = {"scope", "settings", "errors", "outlinks", "query_files"}
"""The modules at the bottom; they may use each other."""

_ASKING = {"base", "stats", "metrics", "postgres", "rollups", "query"}
MAY_IMPORT = {
    "base": {"base"},
    "stats": {"stats"},
    "metrics": {"base", "stats", "metrics"},
    "postgres": {"base", "postgres"},
    "rollups": {"base", "stats", "metrics", "postgres", "rollups"},
    "query": _ASKING,
    # The filters of a link are the dimensions.
    "scope_url": {"base", "metrics"},
    # Of the sources: how a report calls them.
    "reports": {*_ASKING, "scope_url", "sources", "reports"},
    "charts": {"base", "stats", "metrics", "charts"},
    "components": {*_ASKING, "scope_url", "reports", "charts", "components"},
    "pages": {*_ASKING, "reports", "charts", "components"},
    "app": {*_ASKING, "reports", "charts", "components", "pages"},
    # Beside the pages: what fills the warehouse, and the command line, which starts everything.
    "sources": {"base", "stats", "metrics", "postgres", "sources"},
    "cli": {*_ASKING, "reports", "charts", "components", "sources", "cli"},
    "main": {"base", "cli"},
}
LIBRARY_OF = {
    "streamlit": {"app", "pages", "components"},
    "plotly": {"charts"},
}
_MAKES_ENGINES = {"create_engine", "create_async_engine", "engine_from_config"}
_READS_ENVIRONMENT = {"environ", "getenv", "environb", "getenvb"}
LAUNCHER = {"dashboard/__main__.py", "dashboard/cli/run.py", "tests/benchmarks/command.py"}
"""May hand the environment on to what it starts."""


def layer_of(module: str) -> str | None:
    """The layer of a module by its dotted name; None outside the product or without a layer."""
    first, _, rest = module.partition(".")
    if first == "pages":
        return "pages"
    if first != "dashboard":
        return None
    name = rest.split(".")[0]
    if name in BASE:
        return "base"
    return {"": "base", "__main__": "main"}.get(name, name if name in MAY_IMPORT else None)


def module_of(path: str) -> str:
    parts = PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(tree: ast.AST, path: str) -> Iterator[tuple[int, str]]:
    """Every module that is imported, wherever it stands, with its line."""
    package = module_of(path).split(".")
    if not path.endswith("__init__.py"):
        package = package[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            # `from dashboard import cli` imports a module as well as `import dashboard.cli` does.
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and _name(node.func) in ("import_module", "__import__"):
            yield from (
                (node.lineno, given.value)
                for given in node.args[:1]
                if isinstance(given, ast.Constant) and isinstance(given.value, str)
            )


def _name(node: ast.AST) -> str | None:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def _names_used(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            yield node.lineno, _name(node) or ""
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, alias.name) for alias in node.names)


def violations(path: str, source: str) -> list[str]:
    """What the file at `path` (from the top of the repository) imports or uses and may not."""
    tree = ast.parse(source)
    layer = layer_of(module_of(path))
    if layer is None:
        return [f"{path}: has no layer; give it one in tests/layers.py"]
    found = []
    for line, module in imported(tree, path):
        library = module.split(".")[0]
        target = layer_of(module)
        if library in ("dashboard", "pages", "tests") and target not in MAY_IMPORT[layer]:
            found.append(f"{path}:{line}: {layer} imports {module}")
        if layer not in LIBRARY_OF.get(library, {layer}):
            found.append(f"{path}:{line}: {layer} imports {library}")
    for line, name in set(_names_used(tree)):
        if name in _MAKES_ENGINES and layer != "postgres":
            found.append(f"{path}:{line}: {layer} makes an engine")
        if name in _READS_ENVIRONMENT and path not in {"dashboard/settings.py", *LAUNCHER}:
            found.append(f"{path}:{line}: {layer} reads the environment")
    return found


SOURCES = sorted(
    file.relative_to(ROOT).as_posix()
    for folder in ("dashboard", "pages")
    for file in (ROOT / folder).rglob("*.py")
)
"""Every file of the product, from the top of the repository."""
