"""Whether two programs differ in their docstrings alone. Standard input: a JSON array of pairs; prints an array of answers."""

import ast
import json
import sys


def without_docstrings(program):
    tree = ast.parse(program)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef)):
            node.body = [each for each in node.body if not is_text(each)] or [ast.Pass()]
    return ast.dump(tree)


def is_text(statement):
    """The runner is joined from modules, whose docstrings are then anywhere in it."""
    value = getattr(statement, 'value', None)
    return isinstance(statement, ast.Expr) and isinstance(value, ast.Constant) and isinstance(value.value, str)


print(json.dumps([without_docstrings(one) == without_docstrings(other) for one, other in json.load(sys.stdin)]))
