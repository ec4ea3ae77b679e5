"""What the board is doing: clocks, temperatures, load, memory. Read from files, so it needs no rights and disturbs little."""

import glob
import os
import re
import subprocess

from framecast_runner.board_files import file_number, file_text, proc_text, sysroot_path

GPU_NAME = re.compile(r'gpu|gv11b|gp10b|ga10b|gm20b', re.IGNORECASE)
# The last is Thor's, whose GPU has the driver of desktop cards.
GPU_NODES = re.compile(r'/dev/(nvhost-gpu|nvhost-ctrl-gpu|nvhost-as-gpu|nvgpu/|nvidia\d+$)')

# Where drivers show how busy the GPU is, in thousandths: Nano, TX and Xavier, Orin.
GPU_LOADS = (
    '/sys/devices/gpu.0/load',
    '/sys/devices/*.gpu/load',
    '/sys/devices/*.g???b/load',
    '/sys/devices/platform/gpu.0/load',
    '/sys/devices/platform/*.gpu/load',
    '/sys/devices/platform/*/*.gpu/load',
    '/sys/devices/platform/*.g???b/load',
)
MEMORY_CLOCKS = ('/sys/class/devfreq/*emc*/cur_freq', '/sys/kernel/debug/bpmp/debug/clk/emc/rate', '/sys/kernel/debug/clk/emc/clk_rate')
MEMORY_LIMITS = (
    '/sys/class/devfreq/*emc*/max_freq',
    '/sys/kernel/debug/bpmp/debug/clk/emc/max_rate',
    '/sys/kernel/nvpmodel_emc_cap/emc_iso_cap',
    '/sys/kernel/nvpmodel_clk_cap/emc',
)
GPU_CLOCKS = ('/sys/class/devfreq/*', '/sys/devices/gpu.0/devfreq/*', '/sys/devices/*.gpu/devfreq/*')

# Zones that report a constant, whatever the temperature.
CONSTANT_ZONES = re.compile(r'PMIC', re.IGNORECASE)

MOST_ZONES = 32


def sample_state(with_power_mode=True):
    """The board now, in the fields of `BoardState`; None if it does not say."""
    gpu = _gpu_folder()
    cpu = _fastest_cpu_folder()
    memory = _memory_lines()
    swap_total, swap_free = memory.get('SwapTotal'), memory.get('SwapFree')
    return {
        'gpuMHz': file_number(os.path.join(gpu, 'cur_freq'), 1e6) if gpu else None,
        'gpuMinMHz': file_number(os.path.join(gpu, 'min_freq'), 1e6) if gpu else None,
        'gpuMaxMHz': file_number(os.path.join(gpu, 'max_freq'), 1e6) if gpu else None,
        'cpuMHz': file_number(os.path.join(cpu, 'scaling_cur_freq'), 1e3) if cpu else None,
        'cpuMinMHz': file_number(os.path.join(cpu, 'scaling_min_freq'), 1e3) if cpu else None,
        'cpuMaxMHz': file_number(os.path.join(cpu, 'scaling_max_freq'), 1e3) if cpu else None,
        'memoryMHz': _first_number(MEMORY_CLOCKS, 1e6),
        'memoryMaxMHz': _first_number(MEMORY_LIMITS, 1e6) or (_memory_limit_of_mode() if with_power_mode else None),
        'temperaturesC': _temperatures(),
        'gpuLoad': gpu_load(gpu),
        'availableBytes': memory.get('MemAvailable'),
        'swapUsedBytes': None if swap_total is None or swap_free is None else swap_total - swap_free,
        'swappedPages': _swapped_pages(),
        'powerMode': _power_mode() if with_power_mode else None,
    }


class DuringRun:
    """Samples taken while a run is timed, summed up as they come."""

    def __init__(self):
        self.summary = {
            'lowestGpuMHz': None,
            # Samples in which the GPU was busy, and those of them in which its clock was below the highest allowed.
            'busySamples': 0,
            'slowedSamples': 0,
        }

    def add(self, state):
        summary = self.summary
        clock, highest, load = state['gpuMHz'], state['gpuMaxMHz'], state['gpuLoad']
        summary['lowestGpuMHz'] = _extreme(min, summary['lowestGpuMHz'], clock)
        if load is not None and load >= 0.9:
            summary['busySamples'] += 1
            if clock is not None and highest is not None and clock < 0.95 * highest:
                summary['slowedSamples'] += 1


def gpu_processes():
    """Names of processes that have the GPU open, as far as this user may see them; asked while no run is going on."""
    names = []
    for folder in glob.glob(sysroot_path('/proc/[0-9]*')):
        try:
            opened = [os.readlink(os.path.join(folder, 'fd', name)) for name in os.listdir(os.path.join(folder, 'fd'))]
        except OSError:
            continue
        name = (file_text(os.path.join(folder, 'comm')) or '?')[:64]
        # It keeps Thor's driver loaded and computes nothing.
        if any(GPU_NODES.search(target) for target in opened) and not name.startswith('nvidia-persiste'):
            names.append(name)
    return sorted(names)[:8]


def _gpu_folder():
    for folder in (match for pattern in GPU_CLOCKS for match in sorted(glob.glob(sysroot_path(pattern)))):
        name = file_text(os.path.join(folder, 'device', 'of_node', 'name')) or ''
        if GPU_NAME.search(os.path.basename(folder)) or GPU_NAME.search(name):
            if os.path.exists(os.path.join(folder, 'cur_freq')):
                return folder
    return None


def gpu_load(gpu=None, may_ask=True):
    """
    Share of time in which the GPU is busy; None if nothing says it. Without a file for it, as on Thor, nvidia-smi is
    asked, unless that would take too long.
    """
    paths = [match for pattern in GPU_LOADS for match in sorted(glob.glob(sysroot_path(pattern)))]
    if gpu:
        paths.append(os.path.join(gpu, 'device', 'load'))
    for path in paths:
        value = file_number(path, 1000)
        if value is not None:
            return min(max(value, 0.0), 1.0)
    return _load_by_nvidia_smi() if may_ask else None


def _load_by_nvidia_smi():
    # On Orin it is there and knows nothing.
    query = ['--query-gpu=utilization.gpu', '--format=csv,noheader,nounits']
    output = _answer_of('/usr/bin/nvidia-smi', query, subprocess.DEVNULL)
    found = re.match(r'\s*(\d{1,3})\s*$', output)
    return min(float(found.group(1)) / 100.0, 1.0) if found else None


def _first_number(patterns, unit):
    """The first file of a pattern that holds a number above 0; None if there is none that may be read."""
    for path in (match for pattern in patterns for match in sorted(glob.glob(sysroot_path(pattern)))):
        value = file_number(path, unit)
        if value is not None and value > 0:
            return value
    return None


def _fastest_cpu_folder():
    pattern = sysroot_path('/sys/devices/system/cpu/cpu[0-9]*/cpufreq')
    folders = sorted(glob.glob(pattern))
    return max(folders, key=lambda folder: file_number(os.path.join(folder, 'scaling_max_freq'), 1e3) or 0) if folders else None


def _temperatures():
    temperatures = {}
    for folder in sorted(glob.glob(sysroot_path('/sys/class/thermal/thermal_zone*')))[:MOST_ZONES]:
        zone = file_text(os.path.join(folder, 'type'))
        value = file_number(os.path.join(folder, 'temp'), 1000)
        if zone and value is not None and -60 < value < 200 and not CONSTANT_ZONES.search(zone):
            temperatures[zone[:64]] = value
    return temperatures


def _memory_lines():
    values = {}
    for line in (proc_text('/proc/meminfo') or '').splitlines():
        name, _, rest = line.partition(':')
        number = rest.split()[:1]
        if number and number[0].isdigit():
            values[name] = int(number[0]) * 1024
    return values


def _swapped_pages():
    found = re.findall(r'^pswp(?:in|out) (\d+)$', proc_text('/proc/vmstat') or '', re.MULTILINE)
    return sum(int(number) for number in found) if found else None


def out_of_memory_kills():
    """How often the kernel killed a process for memory since the board started; None before Linux 4.13."""
    found = re.search(r'^oom_kill (\d+)$', proc_text('/proc/vmstat') or '', re.MULTILINE)
    return int(found.group(1)) if found else None


def _memory_limit_of_mode():
    """The limit that nvpmodel's file sets in the current mode, if it is one and not 0, which stands for none."""
    current = _current_mode()
    blocks = re.split(r'<\s*POWER_MODEL', file_text(sysroot_path('/etc/nvpmodel.conf')) or '')[1:]
    for block in blocks:
        number = re.match(r'[^\n>]*ID=(\d+)', block)
        limit = re.search(r'^EMC MAX_FREQ (\d+)$', block, re.MULTILINE)
        if number and limit and int(number.group(1)) == current:
            return int(limit.group(1)) / 1e6 or None
    return None


def _current_mode():
    current = re.search(r'pmode:0*(\d+)', file_text(sysroot_path('/var/lib/nvpmodel/status')) or '')
    return int(current.group(1)) if current else None


def _power_mode():
    """The name by nvpmodel's own files, which anybody may read; asking it where those are missing."""
    current = _current_mode()
    names = re.findall(r'POWER_MODEL[^\n>]*ID=(\d+)[^\n>]*NAME=([\w-]+)', file_text(sysroot_path('/etc/nvpmodel.conf')) or '')
    for number, name in names:
        if int(number) == current:
            return name
    found = re.search(r'NV Power Mode: *([\w-]+)', _answer_of('/usr/sbin/nvpmodel', ['-q'], subprocess.STDOUT))
    return found.group(1) if found else None


def _answer_of(path, arguments, errors):
    """What a program of the board prints; nothing where it is missing, fails or hangs."""
    program = sysroot_path(path)
    try:
        done = subprocess.run(
            [program] + arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, timeout=5
        )
    except (OSError, subprocess.SubprocessError):
        return ''
    return done.stdout[:4096].decode('utf-8', 'replace')


def _extreme(choose, before, value):
    if value is None:
        return before
    return value if before is None else choose(before, value)
