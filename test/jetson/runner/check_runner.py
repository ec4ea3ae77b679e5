"""
Checks of the runner's modules that need no board: that Python 3.6 knows all that they use, and that they can be joined.
Prints a JSON array of findings. Usage: check_runner.py FILE...
"""

import ast
import builtins
import json
import os
import re
import sys

# What came to the standard library after 3.6, by what it is called on and its name; None is anything.
NEWER = {
    ('time', 'time_ns'), ('time', 'perf_counter_ns'), ('time', 'monotonic_ns'), ('time', 'process_time_ns'),
    ('time', 'clock_gettime_ns'), ('math', 'prod'), ('math', 'dist'), ('math', 'comb'), ('math', 'perm'),
    ('math', 'isqrt'), ('math', 'remainder'), ('math', 'lcm'), ('math', 'ulp'), ('math', 'nextafter'),
    ('shlex', 'join'), ('functools', 'cache'), ('functools', 'cached_property'), ('functools', 'singledispatchmethod'),
    ('contextlib', 'nullcontext'), ('contextlib', 'chdir'), ('contextlib', 'AsyncExitStack'), ('gc', 'freeze'),
    ('os', 'waitstatus_to_exitcode'), ('os', 'pidfd_open'), ('os', 'memfd_create'), ('os', 'posix_spawn'),
    ('os', 'posix_spawnp'), ('os', 'register_at_fork'), ('os', 'preadv'), ('os', 'pwritev'), ('os', 'eventfd'),
    ('os', 'copy_file_range'), ('os', 'splice'), ('os', 'process_cpu_count'), ('signal', 'raise_signal'),
    ('signal', 'strsignal'), ('signal', 'valid_signals'), ('signal', 'pidfd_send_signal'), ('random', 'randbytes'),
    ('statistics', 'fmean'), ('statistics', 'geometric_mean'), ('statistics', 'multimode'), ('statistics', 'quantiles'),
    ('statistics', 'NormalDist'), ('statistics', 'covariance'), ('asyncio', 'run'), ('asyncio', 'to_thread'),
    ('threading', 'excepthook'), ('threading', 'get_native_id'), ('sys', 'unraisablehook'), ('sys', 'orig_argv'),
    ('sys', 'stdlib_module_names'), ('sys', 'set_int_max_str_digits'), ('ast', 'unparse'), ('hashlib', 'file_digest'),
    ('socket', 'create_server'), ('socket', 'has_dualstack_ipv6'), ('itertools', 'pairwise'),
    ('itertools', 'batched'),
    (None, 'removeprefix'), (None, 'removesuffix'), (None, 'isascii'), (None, 'fromisoformat'), (None, 'reconfigure'),
    (None, 'bit_count'), (None, 'is_relative_to'),
    (None, 'with_stem'),
}
NEWER_ARGUMENTS = {
    'capture_output', 'text', 'dirs_exist_ok', 'missing_ok', 'exit_on_error', 'usedforsecurity', 'process_group',
    'pipesize', 'delete_on_close', 'kw_only', 'slots', 'user', 'group', 'extra_groups', 'umask',
}
NEWER_MODULES = {
    'dataclasses', 'contextvars', 'importlib.resources', 'importlib.metadata', 'graphlib', 'zoneinfo', 'tomllib',
}
NEWER_BUILTINS = {'breakpoint', 'aiter', 'anext', 'ExceptionGroup', 'BaseExceptionGroup', 'EncodingWarning'}


def check_syntax(name, text):
    try:
        tree = ast.parse(text, name, feature_version=(3, 6))
    except SyntaxError as error:
        return None, ['%s:%s: no Python 3.6: %s' % (name, error.lineno, error.msg)]
    return tree, []


def check_library(name, tree):
    for node in ast.walk(tree):
        where = '%s:%s: after Python 3.6: ' % (name, getattr(node, 'lineno', 0))
        if isinstance(node, ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else None
            if (owner, node.attr) in NEWER or (None, node.attr) in NEWER:
                yield where + node.attr
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name in NEWER_MODULES:
                    yield where + alias.name
        elif isinstance(node, ast.ImportFrom):
            if node.module in NEWER_MODULES or (node.module == '__future__' and 'annotations' in names_of(node)):
                yield where + node.module
            for alias in node.names:
                if (node.module, alias.name) in NEWER:
                    yield where + alias.name
        elif isinstance(node, ast.Call):
            for keyword in node.keywords:
                required = keyword.arg == 'required' and getattr(node.func, 'attr', '') == 'add_subparsers'
                if keyword.arg in NEWER_ARGUMENTS or required:
                    yield where + '%s=' % keyword.arg
        elif isinstance(node, ast.Name) and node.id in NEWER_BUILTINS:
            yield where + node.id
        elif isinstance(node, ast.JoinedStr):
            for before, value in zip(node.values, node.values[1:]):
                shown = isinstance(before, ast.Constant) and str(before.value).endswith('=')
                if shown and isinstance(value, ast.FormattedValue) and value.conversion == ord('r'):
                    yield where + 'f"{x=}"'


def names_of(node):
    return [alias.asname or alias.name for alias in node.names]


def top_level_names(tree):
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                yield from (leaf.id for leaf in ast.walk(target) if isinstance(leaf, ast.Name))


def bound_names(tree):
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from (name.split('.')[0] for name in names_of(node))
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def check_names(name, tree):
    """Names that are nowhere bound, and imports that are not used."""
    bound = set(bound_names(tree)) | set(dir(builtins)) | {'__file__', '__name__'}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    for missing in sorted(used - bound):
        yield '%s: %s is nowhere defined' % (name, missing)
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for imported in names_of(node):
                if imported.split('.')[0] not in used:
                    yield '%s: %s is imported for nothing' % (name, imported)


def check_joining(trees):
    """Names that two modules have, and imports of what a module does not have."""
    owners = {}
    for name, tree in trees.items():
        for own in top_level_names(tree):
            if owners.setdefault(own, name) != name:
                yield '%s and %s both have %s' % (owners[own], name, own)
    for name, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or '').startswith('framecast_runner.'):
                module = re.sub(r'^framecast_runner\.', '', node.module) + '.py'
                for alias in node.names:
                    if alias.asname or module not in trees or alias.name not in set(top_level_names(trees[module])):
                        yield '%s: %s cannot be imported from %s' % (name, alias.name, module)


def main(paths):
    findings, trees = [], {}
    for path in paths:
        name = os.path.basename(path)
        with open(path, 'r', encoding='utf-8') as file:
            tree, wrong = check_syntax(name, file.read())
        findings += wrong
        if tree is not None:
            trees[name] = tree
            findings += list(check_library(name, tree)) + list(check_names(name, tree))
    findings += list(check_joining(trees))
    print(json.dumps(findings))


if __name__ == '__main__':
    main(sys.argv[1:])
