"""Engines of earlier jobs. One is used again if nothing differs that could make another engine of the model."""

import contextlib
import hashlib
import json
import os
import time

from framecast_runner.board_files import read_json_file, write_json_file

ENGINE_READ_BYTES = 1 << 20


def engine_key(run, tensorrt_version, gpu_name):
    """The name of a run's engine: a hash over everything that it depends on."""
    parts = {
        'model': run['model']['sha256'],
        'tensorrt': tensorrt_version,
        'gpu': gpu_name,
        'runtime': run['runtime'],
        'inputs': [[entry['name'], list(entry['shape'])] for entry in run['inputs']],
        'workspaceMiB': run['workspaceMiB'],
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode('utf-8')).hexdigest()


def engine_path(root, key):
    return os.path.join(root, 'engines', key + '.engine')


def cached_engine(root, key, works, build, log):
    """
    The engine of that key, as build-<i>.json has it: that of an earlier job if `works(path)` says that it can be used,
    else what `build(part)` writes into the file `part`.
    """
    stored = _find_engine(root, key)
    cached = stored is not None and works(engine_path(root, key))
    if cached:
        log('The engine of an earlier job is used again.')
    else:
        if stored is not None:
            log('The engine of an earlier job cannot be used any more: it is built again.')
            drop_engine(root, key)
        stored = _store_engine(root, key, build)
    return dict(stored, cached=cached, path='engines/%s.engine' % key, key=key)


def drop_engine(root, key):
    path = engine_path(root, key)
    for name in (path[: -len('.engine')] + '.json', path):
        with contextlib.suppress(FileNotFoundError):
            os.remove(name)


def _find_engine(root, key):
    """What is known of the engine of that key, or None if there is none or its content is not what was stored."""
    path = engine_path(root, key)
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        known = read_json_file(path[: -len('.engine')] + '.json')
        if known['bytes'] == os.path.getsize(path) and known['sha256'] == _engine_sha256(path):
            return {'bytes': known['bytes'], 'buildSeconds': known['buildSeconds']}
    return None


def _store_engine(root, key, build):
    """Builds the engine of that key. The description comes last: without it there is no engine."""
    os.makedirs(os.path.join(root, 'engines'), mode=0o700, exist_ok=True)
    path = engine_path(root, key)
    part = path + '.part'
    begin = time.monotonic()
    try:
        build(part)
        stored = {'bytes': os.path.getsize(part), 'buildSeconds': round(time.monotonic() - begin, 3)}
        drop_engine(root, key)
        with open(part, 'rb') as file:
            os.fsync(file.fileno())
        known = dict(stored, schema=1, sha256=_engine_sha256(part))
        os.replace(part, path)
        write_json_file(path[: -len('.engine')] + '.json', known)
        return stored
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.remove(part)


def _engine_sha256(path):
    digest = hashlib.sha256()
    with open(path, 'rb') as file:
        for block in iter(lambda: file.read(ENGINE_READ_BYTES), b''):
            digest.update(block)
    return digest.hexdigest()
