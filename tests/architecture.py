"""The picture in ARCHITECTURE.md, drawn from the imports: `python -m tests.architecture` renews it."""

import ast

from tests.layers import ROOT, SOURCES, imported, layer_of, module_of

DOCUMENT = ROOT / "ARCHITECTURE.md"
BEGIN, END = "<!-- picture: begin -->\n", "<!-- picture: end -->"
_NAMES = {
    "base": "scope, settings, errors",
    "app": "app.py",
    "scope_url": "scope_url.py",
    "main": "__main__.py",
}


def edges() -> set[tuple[str, str]]:
    """Every layer that imports another, as (importer, imported)."""
    found = set()
    for path in SOURCES:
        here = layer_of(module_of(path))
        for _, module in imported(ast.parse((ROOT / path).read_text(encoding="utf-8")), path):
            there = layer_of(module)
            if here and there and here != there:
                found.add((here, there))
    return found


def shortest(found: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """`found` without the edges that a longer way says already, so that the picture can be read.

    `found` has no circles: imports point one way.
    """
    below: dict[str, set[str]] = {}

    def reach(layer: str) -> set[str]:
        if layer not in below:
            below[layer] = set()
            for upper, lower in found:
                if upper == layer:
                    below[layer] |= {lower} | reach(lower)
        return below[layer]

    return {
        (upper, lower)
        for upper, lower in found
        if not any(
            lower in reach(between)
            for above, between in found
            if above == upper and between != lower
        )
    }


def picture() -> str:
    """The layers as a Mermaid flowchart; what is imported stands below."""
    drawn = shortest(edges())
    layers = sorted({layer for edge in drawn for layer in edge})
    lines = ["flowchart TD"]
    lines += [f'    {layer}["{_NAMES.get(layer, layer)}"]' for layer in layers]
    lines += [f"    {upper} --> {lower}" for upper, lower in sorted(drawn)]
    return "```mermaid\n" + "\n".join(lines) + "\n```\n"


def with_picture(text: str) -> str:
    """The document with its picture as the imports are now."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{picture()}{END}{after}"


if __name__ == "__main__":
    DOCUMENT.write_text(with_picture(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
