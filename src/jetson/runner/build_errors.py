"""What went wrong while an engine was built, from TensorRT's own messages."""

import collections
import re

from framecast_runner.board_files import RunFailure

MESSAGES_KEPT = 100
MESSAGE_CHARACTERS = 2000

# What comes before a message and tells a reader nothing.
MESSAGE_PREFIX = re.compile(r'^(?:\[[\d/]+-[\d:]+\] ?)?(?:\[[FEWIV]\] ?)?(?:\[TRT\] ?)?(?:Error\[\d+\]: ?)?')
MESSAGE_SEVERITY = re.compile(r'^(?:\[[\d/]+-[\d:]+\] ?)?\[([FEWIV])\] ')
TELLING_OF_ERRORS = re.compile(
    r'error|fail|unsupported|unknown|invalid|not found|could not|cannot|can not|no space|terminate called|what\(\)|'
    r'killed|bad_alloc|static model',
    re.IGNORECASE,
)
# The parser looks for a plugin where it does not know an operator, and says so without alarm.
TELLING_OF_PLUGINS = re.compile(r'No (?:importer|checker) registered for op|Successfully created plugin')
# The reason that the parser gives, on a line of its own: `[6] Invalid Node - Pad_13`.
PARSER_REASON = re.compile(r'^\[\d+\] ')

ATTEMPTED_OPERATOR = re.compile(r'No (?:importer|checker) registered for op: ([\w.:/-]+?)(?=\.?(?:\s|$))')
PARSED_OPERATOR = re.compile(r'While parsing node number \d+ \[([\w.:/-]+)(?: ->|\])')
MISSING_PLUGIN = re.compile(r'ould not find plugin:? ([\w.:/-]+)|Cannot find plugin:? ([\w.:/-]+)')
NO_SUCH_PLUGIN = re.compile(r'Plugin not found|FallbackPluginImporter')

OUT_OF_MEMORY = re.compile(
    r'out of memory|OutOfMemory|MEM_ALLOC_FAILED|cudaErrorMemoryAllocation|std::bad_alloc|Cuda failure: 2\b', re.IGNORECASE
)
TACTIC_WITHOUT_MEMORY = re.compile(r'memory is insufficient to use tactic|Skipping tactic', re.IGNORECASE)

# Messages that only say that what they belong to has failed.
GENERAL_MESSAGE = re.compile(
    r'^(?:Engine set up failed|Parsing model failed|Failed to parse onnx file|Failed to create engine.*|'
    r'Engine creation failed|Network creation failed|Engine could not be created from network|Building engine failed|'
    r'Inference set up failed|Error occurred during inference|Got invalid engine!|&&&&.*|'
    r'.*While parsing node number.*|.*--- (?:Begin|End) node ---.*|.*ERROR: [\w./]+:\d+ In function \w+:|'
    r'No (?:importer|checker) registered.*|.*Successfully created plugin.*|.*Skipping tactic.*)$'
)


class MessageKeeper(object):
    """Messages that may tell of an error: the first and the last of them, however many a tool writes."""

    def __init__(self):
        self.first = []
        self.last = collections.deque(maxlen=MESSAGES_KEPT)
        self.after_error = False

    def add(self, text, is_error):
        """Takes one message of one or more lines, whose severity is known."""
        for line in str(text)[: MESSAGE_CHARACTERS * 10].splitlines():
            if line.strip() and (is_error or TELLING_OF_PLUGINS.search(line)):
                self._keep(line)

    def hear(self, line):
        """Takes one line of a log, whose severity it may or may not say."""
        match = MESSAGE_SEVERITY.match(line)
        if match:
            self.after_error = match.group(1) in 'FE'
            if self.after_error or TELLING_OF_PLUGINS.search(line):
                self._keep(line)
        elif TELLING_OF_ERRORS.search(line) or (self.after_error and PARSER_REASON.match(line)):
            self._keep(line)

    def lines(self):
        return self.first + list(self.last)

    def text(self):
        return '\n'.join(self.lines())[-16000:]

    def _keep(self, line):
        (self.first if len(self.first) < MESSAGES_KEPT else self.last).append(line[:MESSAGE_CHARACTERS])


def unsupported_operator(messages):
    """The first operator that the parser knows neither itself nor as a plugin, or None."""
    attempted = parsed = None
    for message in messages:
        match = ATTEMPTED_OPERATOR.search(message)
        if match:
            attempted = match.group(1)
            continue
        if 'Successfully created plugin' in message:
            attempted = None
            continue
        match = MISSING_PLUGIN.search(message)
        if match:
            return match.group(1) or match.group(2)
        match = PARSED_OPERATOR.search(message)
        if match:
            parsed = match.group(1)
        if NO_SUCH_PLUGIN.search(message) and (attempted or parsed):
            return attempted or parsed
    return attempted


def out_of_memory(messages):
    """Whether memory ended it. Tactics that are skipped because memory is short do not end a build."""
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
    whole = '\n'.join(messages).lower()
    if 'no space left on device' in whole:
        return RunFailure('disk-full', 'The disk of the board is full. Make room on it and run again.', tail)
    if 'static model does not take explicit shapes' in whole:
        sentence = 'The model has a fixed size. Benchmark it at that size, or export it again with sizes that are free.'
        return RunFailure('unsupported', sentence, tail)
    if 'insufficient workspace' in whole:
        sentence = 'The engine needs more workspace than the job allows. Raise the workspace size and run again.'
        return RunFailure('build-failed', sentence, tail)
    reason = telling_message(messages)
    return RunFailure(
        'build-failed',
        '%s could not build an engine of this model%s' % (tool, '.' if reason is None else ': ' + reason),
        tail,
    )


def telling_message(messages):
    """The message that says most, as a sentence: what the parser gives as its reason, else the first of an own sense."""
    texts = [MESSAGE_PREFIX.sub('', message).strip() for message in messages]
    chosen = None
    for index, text in enumerate(texts):
        if PARSER_REASON.match(text):
            chosen = PARSER_REASON.sub('', text)
            # The next line says what is wrong with the node.
            if chosen.startswith('Invalid Node') and index + 1 < len(texts):
                chosen += ': ' + texts[index + 1]
            break
    if chosen is None:
        chosen = next((text for text in texts if text and not GENERAL_MESSAGE.match(text)), None)
    return None if chosen is None else chosen[:400] + ('' if chosen.endswith('.') else '.')
