"""What went wrong while an engine was built, from TensorRT's own messages."""

import collections
import re

from framecast_runner.board_files import RunFailure

MESSAGES_KEPT = 200
MESSAGE_CHARACTERS = 2000

UNSUPPORTED_OPERATOR = (
    re.compile(r'No importer registered for op: ([\w.:/-]+?)(?=\.?(?:\s|$))'),
    re.compile(r'[Uu]nsupported (?:ONNX )?op(?:erator)?(?: type)?:? [\'"]?([A-Z][\w.:]*)'),
    re.compile(r'getPluginCreator could not find plugin:? (\w+)'),
    re.compile(r'Cannot find plugin:? (\w+)'),
)
OUT_OF_MEMORY = re.compile(
    r'out of memory|OutOfMemory|MEM_ALLOC_FAILED|cudaErrorMemoryAllocation|std::bad_alloc|Cuda failure: 2\b', re.IGNORECASE
)
# Words that stand before what a message is about and carry nothing for a reader.
MESSAGE_PREFIX = re.compile(r'^(?:\[[\d/:-]+\] ?)?(?:\[[A-Z]\] ?)?(?:\[TRT\] ?)?')
TACTIC_WITHOUT_MEMORY = re.compile(r'memory is insufficient to use tactic|Skipping tactic', re.IGNORECASE)


class MessageTail(object):
    """The last messages of a tool; however many it writes, only so many are held."""

    def __init__(self):
        self.lines = collections.deque(maxlen=MESSAGES_KEPT)

    def add(self, text):
        for line in str(text)[: MESSAGE_CHARACTERS * 10].splitlines():
            if line.strip():
                self.lines.append(line[:MESSAGE_CHARACTERS])

    def text(self):
        return '\n'.join(self.lines)[-16000:]


def unsupported_operator(messages):
    """The first operator that a parser named as unknown to it, or None."""
    for message in messages:
        for pattern in UNSUPPORTED_OPERATOR:
            match = pattern.search(message)
            if match:
                return match.group(1)
    return None


def out_of_memory(messages):
    """Whether memory ended it. Tactics that are left out for want of memory do not end a build."""
    return any(OUT_OF_MEMORY.search(line) and not TACTIC_WITHOUT_MEMORY.search(line) for line in messages)


def build_failure(tool, messages, tail):
    """The failure that the messages of a build amount to. `tool` is who built, e.g. `TensorRT 8.2.1`."""
    operator = unsupported_operator(messages)
    if operator is not None:
        return RunFailure(
            'unsupported',
            '%s does not support the operator %s of this model. Export the model without it, with a lower opset, or '
            'use a newer JetPack.' % (tool, operator),
            tail,
        )
    if out_of_memory(messages):
        return RunFailure(
            'out-of-memory',
            'The board ran out of memory while %s built the engine. Close other programs on it, add swap, or use a '
            'smaller batch.' % tool,
            tail,
        )
    for words, sentence in (
        ('Static model does not take explicit shapes', 'The model has a fixed size, but another was asked for.'),
        (
            'insufficient workspace',
            'The engine needs more workspace than the job allows. Raise the workspace size and run again.',
        ),
        ('No space left on device', 'The disk of the board is full. Make room on it and run again.'),
    ):
        if any(words.lower() in message.lower() for message in messages):
            code = 'disk-full' if 'space left' in words else 'build-failed'
            return RunFailure(code, sentence, tail)
    reason = telling_message(messages)
    return RunFailure(
        'build-failed',
        '%s could not build an engine of this model%s' % (tool, '.' if reason is None else ': ' + reason),
        tail,
    )


def telling_message(messages):
    """The message that says most: the first that is an error in itself and not the failing of what it belongs to."""
    general = re.compile(
        r'Engine set up failed|Parsing model failed|Failed to parse onnx file|Failed to create engine|&&&&|'
        r'Engine creation failed|Network creation failed|Engine could not be created'
    )
    for message in messages:
        text = MESSAGE_PREFIX.sub('', message).strip()
        if text and not general.search(text):
            return text[:400] + ('' if text.endswith('.') else '.')
    return None
