"""Engines of earlier jobs. One is used again if nothing differs that could make another engine of the model."""

import hashlib
import json
import os

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


def find_engine(root, key):
    """What is known of the engine of that key, or None if there is none or its content is not what was stored."""
    path = engine_path(root, key)
    try:
        known = read_json_file(path[: -len('.engine')] + '.json')
        if known['bytes'] == os.path.getsize(path) and known['sha256'] == _engine_sha256(path):
            return {'bytes': known['bytes'], 'buildSeconds': known['buildSeconds']}
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def engine_part(root, key):
    """Where an engine is to be written before it is stored."""
    os.makedirs(os.path.join(root, 'engines'), mode=0o700, exist_ok=True)
    return engine_path(root, key) + '.part'


def store_engine(root, key, build_seconds):
    """Takes the finished part as the engine of that key. The description comes last: without it there is no engine."""
    part, path = engine_part(root, key), engine_path(root, key)
    drop_engine(root, key)
    with open(part, 'rb') as file:
        os.fsync(file.fileno())
    known = {'schema': 1, 'sha256': _engine_sha256(part), 'bytes': os.path.getsize(part), 'buildSeconds': build_seconds}
    os.replace(part, path)
    write_json_file(path[: -len('.engine')] + '.json', known)
    return {'bytes': known['bytes'], 'buildSeconds': build_seconds}


def drop_engine(root, key):
    path = engine_path(root, key)
    for name in (path[: -len('.engine')] + '.json', path):
        try:
            os.remove(name)
        except FileNotFoundError:
            pass


def drop_part(root, key):
    try:
        os.remove(engine_part(root, key))
    except FileNotFoundError:
        pass


def _engine_sha256(path):
    digest = hashlib.sha256()
    with open(path, 'rb') as file:
        for block in iter(lambda: file.read(ENGINE_READ_BYTES), b''):
            digest.update(block)
    return digest.hexdigest()
