"""Generates what is derived from the array dialect's TableGen records.

Input: the JSON dump of ArrayOps.td (llvm-tblgen --dump-json).
Output, by `--emit`:
  op-table   the recorder's op codes and their facts (OpTable.inc)
  ufuncs     the Python ufuncs' names, signatures and docstrings (_ufunc_table.py)
  reference  the user's reference page of ufuncs (docs/ufuncs.md)
"""

import argparse
import json
import pathlib

ATTR_KINDS = {
    "DenseI64ArrayAttr": "IntList",
    "Array_ParamsAttr": "ParamList",
    "I64Attr": "Int",
    "Array_ScatterCombiner": "Int",
    "Array_ScatterRepeats": "Int",
    "BoolAttr": "Bool",
}


def op_kind(record):
    """The OpKind of a record: the first of its classes that names one."""
    kinds = {
        "Array_ElementwiseOp": "Elementwise",
        "Array_ReductionBase": "Reduction",
        "Array_ScanBase": "Scan",
        "Array_ViewOp": "View",
    }
    for superclass in reversed(record["!superclasses"]):
        if superclass in kinds:
            return kinds[superclass]
    return "Structure"


class OpRecord:
    """The facts of one op that leave TableGen."""

    def __init__(self, record):
        self.record = record
        self.mnemonic = record["opName"]
        self.enumerator = record["!name"].removeprefix("Array_").removesuffix("Op")
        self.kind = op_kind(record)
        self.numpy_name = record["numpyName"]
        self.loops = record["loops"]
        self.identity = record["identity"]
        self.summary = record.get("summary") or ""
        self.operands, self.attrs = [], []
        self.variadic = False
        for value, name in record["arguments"]["args"]:
            self._add_argument(value["def"], name)

    def _add_argument(self, definition, name):
        if definition in ATTR_KINDS:
            self.attrs.append((name, ATTR_KINDS[definition]))
        elif self.mnemonic == "constant":
            self.attrs.append((name, "Number"))
        else:
            self.variadic |= definition.startswith("anonymous")
            self.operands.append(name)

    @property
    def num_operands(self):
        return -1 if self.variadic else len(self.operands)


def load(path):
    """All ops of the dialect, in order of definition in the dump."""
    with open(path) as f:
        dump = json.load(f)
    return [OpRecord(dump[name]) for name in dump["!instanceof"]["Array_Op"]]


def emit_op_table(ops):
    lines = [
        "// Generated from the array dialect's TableGen records; do not edit.",
        "#ifdef NUMLOOM_OP",
    ]
    for op in ops:
        # An escaped question mark is never part of a trigraph.
        loops = " ".join(op.loops).replace("?", "\\?")
        attrs = "".join(f'AttrInfo{{"{n}", AttrKind::{k}}}, ' for n, k in op.attrs)
        lines.append(
            f'NUMLOOM_OP({op.enumerator}, "{op.mnemonic}", "{op.numpy_name}", '
            f'{op.kind}, {op.num_operands}, "{loops}", "{op.identity}", '
            f"({{{{{attrs}}}}}))"
        )
    lines += ["#undef NUMLOOM_OP", "#endif"]
    return "\n".join(lines) + "\n"


def emit_ufuncs(ops):
    lines = [
        '"""Facts of the ufuncs, generated from the array dialect; do not edit."""',
        "",
        "UFUNCS = {",
    ]
    for op in ops:
        if op.kind == "Elementwise" and op.numpy_name:
            lines.append(
                f"    {op.numpy_name!r}: ({op.enumerator!r}, {op.num_operands}, "
                f"{op.loops!r}, {op.identity!r}, {op.summary!r}),"
            )
    return "\n".join(lines + ["}"]) + "\n"


def emit_reference(ops):
    lines = [
        "# Ufunc reference",
        "",
        "Generated from the array dialect's definitions.",
        "",
        "| ufunc | operands | signatures | identity | |",
        "|---|---|---|---|---|",
    ]
    for op in sorted(ops, key=lambda op: op.numpy_name):
        if op.kind == "Elementwise" and op.numpy_name:
            lines.append(
                f"| `{op.numpy_name}` | {op.num_operands} | "
                f"`{' '.join(op.loops)}` | {op.identity} | {op.summary} |"
            )
    return "\n".join(lines) + "\n"


EMITTERS = {
    "op-table": emit_op_table,
    "ufuncs": emit_ufuncs,
    "reference": emit_reference,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("json", help="JSON dump of ArrayOps.td")
    parser.add_argument("--emit", choices=EMITTERS, required=True)
    parser.add_argument("-o", "--output", required=True)
    args = parser.parse_args()
    output = pathlib.Path(args.output)
    text = EMITTERS[args.emit](load(args.json))
    # Sources that include an unchanged table need not be compiled again.
    if not output.exists() or output.read_text() != text:
        output.write_text(text)


if __name__ == "__main__":
    main()
