"""CUDA's runtime library through ctypes: device memory, one stream, and nothing that needs installing."""

import contextlib
import ctypes
import glob
import os
import re

from framecast_runner.board_files import RunFailure, sysroot_path

CUDA_SUCCESS = 0
CUDA_OUT_OF_MEMORY = 2
# cudaErrorInitializationError, cudaErrorInsufficientDriver, cudaErrorNoDevice (before and from CUDA 10.1),
# cudaErrorOperatingSystem, cudaErrorNotPermitted and cudaErrorSystemDriverMismatch: the GPU cannot be used at all.
CUDA_UNUSABLE = (3, 35, 38, 100, 304, 800, 803)
CUDA_SET_ON_ACTIVE_PROCESS = (36, 708)
CUDA_COPY_TO_DEVICE = 1
CUDA_SCHEDULE_SPIN = 1
# cudaDeviceProp has grown with every release (under 2 KiB in CUDA 12); its first 256 bytes are the name in all.
CUDA_PROPERTIES_BYTES = 65536

CUDA_LIBRARY_FOLDERS = (
    '/usr/local/cuda/lib64',
    '/usr/local/cuda-*/lib64',
    '/usr/local/cuda*/targets/aarch64-linux/lib',
    '/usr/local/cuda*/targets/sbsa-linux/lib',
    '/usr/lib/aarch64-linux-gnu',
    '/usr/lib/aarch64-linux-gnu/tegra',
)


def cuda_libraries():
    """Files that may be libcudart: the one that this process has loaded already first, then by place, newest first."""
    found = []
    with contextlib.suppress(OSError, IndexError, UnicodeDecodeError), open('/proc/self/maps', 'r') as maps:
        found += [line.split(None, 5)[5].strip() for line in maps if re.search(r'/libcudart\.so[.\d]*\s*$', line)]
    folders = [folder for folder in os.environ.get('LD_LIBRARY_PATH', '').split(':') if folder]
    for folder in folders + [sysroot_path(folder) for folder in CUDA_LIBRARY_FOLDERS]:
        found += sorted(glob.glob(os.path.join(folder, 'libcudart.so*')), key=_cuda_library_version, reverse=True)
    unique = []
    for path in found:
        real = os.path.realpath(path)
        if real not in unique:
            unique.append(real)
    return unique


def _cuda_library_version(path):
    return [int(number) for number in re.findall(r'\d+', os.path.basename(path))]


def open_cuda():
    """The first CUDA runtime library that can be loaded."""
    refusals = []
    for path in cuda_libraries():
        try:
            return Cuda(ctypes.CDLL(path))
        except (OSError, AttributeError) as error:
            refusals.append('%s: %s' % (path, error))
    raise RunFailure(
        'not-available',
        'The CUDA runtime library (libcudart.so) %s on this board. Install the CUDA packages of its JetPack.'
        % ('cannot be loaded' if refusals else 'was not found'),
        '\n'.join(refusals),
    )


class Cuda(object):
    """The calls that a measurement needs. Each raises RunFailure with CUDA's own words when CUDA refuses."""

    def __init__(self, library):
        self.library = library
        pointer = ctypes.POINTER(ctypes.c_void_p)
        sizes = ctypes.POINTER(ctypes.c_size_t)
        # Without argument types, ctypes passes pointers as 32-bit integers.
        for name, arguments in (
            ('cudaMalloc', [pointer, ctypes.c_size_t]),
            ('cudaFree', [ctypes.c_void_p]),
            ('cudaMemcpy', [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]),
            ('cudaStreamCreate', [pointer]),
            ('cudaStreamSynchronize', [ctypes.c_void_p]),
            ('cudaStreamDestroy', [ctypes.c_void_p]),
            ('cudaSetDeviceFlags', [ctypes.c_uint]),
            ('cudaMemGetInfo', [sizes, sizes]),
            ('cudaGetDeviceProperties', [ctypes.c_void_p, ctypes.c_int]),
            ('cudaRuntimeGetVersion', [ctypes.POINTER(ctypes.c_int)]),
        ):
            function = getattr(library, name)
            function.argtypes = arguments
            function.restype = ctypes.c_int
        library.cudaGetErrorString.argtypes = [ctypes.c_int]
        library.cudaGetErrorString.restype = ctypes.c_char_p

    def check(self, code, what):
        if code == CUDA_SUCCESS:
            return
        words = (self.library.cudaGetErrorString(code) or b'unknown error').decode('utf-8', 'replace')
        if code == CUDA_OUT_OF_MEMORY:
            raise RunFailure(
                'out-of-memory',
                'The GPU ran out of memory (%s). Close other programs on the board, or use a smaller batch.' % what,
            )
        if code in CUDA_UNUSABLE:
            raise RunFailure(
                'not-available',
                'CUDA cannot use the GPU: %s (%s, error %d). The user needs to be in the group video (JetPack 6: also '
                'render), and the libraries must be those of the board\'s JetPack.' % (words, what, code),
            )
        raise RunFailure('run-failed', 'CUDA failed in %s: %s (error %d).' % (what, words, code))

    def malloc(self, size):
        pointer = ctypes.c_void_p()
        # A tensor without elements still needs an address.
        self.check(self.library.cudaMalloc(ctypes.byref(pointer), max(1, size)), 'allocating %d bytes' % size)
        return pointer.value

    def free(self, address):
        self.check(self.library.cudaFree(address), 'freeing memory')

    def copy_to_device(self, address, data, size):
        """Copies the first `size` bytes of a writable buffer."""
        source = ctypes.addressof((ctypes.c_char * size).from_buffer(data))
        self.check(self.library.cudaMemcpy(address, source, size, CUDA_COPY_TO_DEVICE), 'copying to the GPU')

    def stream_create(self):
        stream = ctypes.c_void_p()
        self.check(self.library.cudaStreamCreate(ctypes.byref(stream)), 'creating a stream')
        return stream.value

    def stream_synchronize(self, stream):
        code = self.library.cudaStreamSynchronize(stream)
        if code:
            self.check(code, 'running the network')

    def stream_destroy(self, stream):
        self.check(self.library.cudaStreamDestroy(stream), 'destroying a stream')

    def spin(self):
        """Asks for busy waiting, which wakes up without delay. False if the device is in use already."""
        code = self.library.cudaSetDeviceFlags(CUDA_SCHEDULE_SPIN)
        if code in CUDA_SET_ON_ACTIVE_PROCESS:
            return False
        self.check(code, 'choosing how to wait')
        return True

    def memory(self):
        """Free and total bytes of the GPU, which on a Jetson are the board's."""
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        self.check(self.library.cudaMemGetInfo(ctypes.byref(free), ctypes.byref(total)), 'asking for free memory')
        return free.value, total.value

    def device_name(self):
        properties = ctypes.create_string_buffer(CUDA_PROPERTIES_BYTES)
        self.check(self.library.cudaGetDeviceProperties(properties, 0), 'asking for the GPU')
        return properties.raw[:256].split(b'\0', 1)[0].decode('utf-8', 'replace')

    def runtime_version(self):
        """As people write it: 10.2."""
        version = ctypes.c_int()
        self.check(self.library.cudaRuntimeGetVersion(ctypes.byref(version)), 'asking for the version')
        return '%d.%d' % (version.value // 1000, version.value % 1000 // 10)
