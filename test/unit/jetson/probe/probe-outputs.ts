/**
 * What the probe script prints on boards, written from NVIDIA's documentation and published listings of such boards: not
 * recorded. Sections without influence on a test are left out, as on a board that does not answer them.
 */

interface Sections {
  readonly [name: string]: readonly string[];
}

/** The script's output with these sections. */
export function probeOutput(sections: Sections): string {
  const lines = Object.entries(sections).flatMap(([name, content]) => [
    `=${name}`,
    ...content.map((line) => ` ${line}`),
    '',
  ]);
  return ['=begin', ...lines, '=end', ''].join('\n');
}

export const l4t = (release: number, revision: string): string =>
  `l4t=# R${release} (release), REVISION: ${revision}, GCID: 29818004, BOARD: t210ref, EABI: aarch64, DATE: Sat Feb 19 17:05:08 UTC 2022`;

/** Jetson AGX Thor (T5000), JetPack 7.2, by jetson_stats 7.2.0 and reports of its users. */
export const thor72: Sections = {
  identity: [
    'now=1700000000',
    'sysroot=',
    'machine=aarch64',
    'user=thor',
    'groups=thor sudo video render',
    'model=NVIDIA Jetson AGX Thor Developer Kit',
    l4t(39, '2.0'),
  ],
  compatible: ['nvidia,p4071-0000+p3834-0008', 'nvidia,p3834-0008', 'nvidia,tegra264'],
  gpuClock: ['cur=1575000000', 'min=1575000000', 'max=1575000000'],
  cpuClocks: ['2601000 2601000 2601000'],
  nvidiaSmi: ['37'],
  gpuFiles: ['yes crw-rw-rw- 1 0 0 195, 0 Nov 28 02:00 /dev/nvidia0'],
  trtexec: ['/usr/bin/trtexec'],
  trtexecBanner: ['&&&& RUNNING TensorRT.trtexec [TensorRT v101602] [b10] # /usr/bin/trtexec --help'],
  libnvinfer: ['libnvinfer.so.10.16.2'],
  python: ['version=3.12.3'],
};

/** Jetson Nano 4GB, JetPack 4.6.1, headless, with `jetson_clocks`. */
export const nano461: Sections = {
  identity: [
    'now=1700000000',
    'sysroot=',
    'machine=aarch64',
    'kernel=4.9.253-tegra',
    'user=nano',
    'groups=nano adm sudo audio video gdm weston-launch',
    'home=/home/nano',
    'bootId=6f2e3c1a-6b1e-4d0f-9c57-0d5a0c5a8f11',
    'uptime=4242.15 15000.01',
    'model=NVIDIA Jetson Nano Developer Kit',
    'dtsFile=/dvs/git/dirty/git-master_linux/kernel/kernel-4.9/arch/arm64/boot/dts/../../../../../../hardware/nvidia/platform/t210/porg/kernel-dts/tegra210-p3448-0000-p3449-0000-b00.dts',
    l4t(32, '7.1'),
  ],
  compatible: ['nvidia,p3449-0000-b00+p3448-0000-b00', 'nvidia,jetson-nano', 'nvidia,tegra210'],
  meminfo: [
    'MemTotal:        4059344 kB',
    'MemFree:         2901056 kB',
    'MemAvailable:    3211964 kB',
    'SwapTotal:       2029664 kB',
    'SwapFree:        2029600 kB',
  ],
  vmstat: ['pswpin 12', 'pswpout 30'],
  disk: [
    'Filesystem     1024-blocks     Used Available Capacity Mounted on',
    '/dev/mmcblk0p1    30516340 15221384  14008420      53% /',
  ],
  thermal: ['AO-therm=41500', 'CPU-therm=33500', 'GPU-therm=32000', 'PLL-therm=31500', 'PMIC-Die=100000'],
  gpuClock: [
    'cur=921600000',
    'min=921600000',
    'max=921600000',
    'available=76800000 153600000 230400000 307200000 384000000 460800000 537600000 614400000 691200000 768000000 844800000 921600000',
  ],
  gpuLoad: ['0', '0', '10', '0', '0'],
  cpuClocks: [
    '1479000 1479000 1479000',
    '1479000 1479000 1479000',
    '1479000 1479000 1479000',
    '1479000 1479000 1479000',
  ],
  gpuFiles: [
    'yes crw-rw---- 1 0 44 505, 1 Jan 1 1970 /dev/nvhost-gpu',
    'yes crw-rw---- 1 0 44 10, 60 Jan 1 1970 /dev/nvmap',
  ],
  gpuGroups: ['video:x:44:nano'],
  defaultTarget: ['multi-user.target'],
  displayManager: ['inactive'],
  nvpmodel: ['NV Fan Mode:quiet', 'NV Power Mode: MAXN', '0'],
  powerModes: ['status=pmode:0000', '< POWER_MODEL ID=0 NAME=MAXN >', '< POWER_MODEL ID=1 NAME=5W >'],
  packages: [
    'ii  cuda-cudart-10-2 10.2.300-1',
    'ii  libnvinfer-bin 8.2.1-1+cuda10.2',
    'ii  libnvinfer8 8.2.1-1+cuda10.2',
    'rc  libnvinfer7 7.1.3-1+cuda10.2',
    'ii  nvidia-jetpack 4.6.1-b110',
    'ii  nvidia-l4t-core 32.7.1-20220219090344',
    'ii  python3-libnvinfer 8.2.1-1+cuda10.2',
  ],
  libnvinfer: ['libnvinfer.so.8', 'libnvinfer.so.8.2.1'],
  cuda: ['{', '   "cuda" : {', '      "name" : "CUDA SDK",', '      "version" : "10.2.300"', '   }', '}'],
  trtexec: ['/usr/src/tensorrt/bin/trtexec'],
  trtexecBanner: ['&&&& RUNNING TensorRT.trtexec [TensorRT v8201] # /usr/src/tensorrt/bin/trtexec --help'],
  python: ['version=3.6.9', 'torch=1.10.0', 'torchCuda=10.2'],
  pythonTensorrt: ['tensorrt=8.2.1.8'],
};

/** Jetson Nano 4GB, JetPack 4.4, as it comes: desktop, 5 W mode, free clocks, no swap, no Python module of TensorRT. */
export const nano44: Sections = {
  ...nano461,
  identity: [...nano461['identity']!.filter((line) => !line.startsWith('l4t=')), l4t(32, '4.3')],
  meminfo: [
    'MemTotal:        4059344 kB',
    'MemFree:          350000 kB',
    'Buffers:           20000 kB',
    'Cached:           630000 kB',
    'SwapTotal:             0 kB',
    'SwapFree:              0 kB',
  ],
  gpuClock: ['cur=76800000', 'min=76800000', 'max=640000000', 'available=76800000 640000000 921600000'],
  gpuLoad: ['310', '290', '305', '300', '295'],
  cpuClocks: ['102000 102000 918000', '102000 102000 918000'],
  gpuUsers: ['7021 Xorg', '7420 compiz'],
  desktop: ['Xorg', 'gdm3', 'gnome-shell'],
  defaultTarget: ['graphical.target'],
  displayManager: ['active'],
  nvpmodel: ['NV Power Mode: 5W', '1'],
  packages: ['ii  libnvinfer7 7.1.3-1+cuda10.2', 'ii  nvidia-l4t-core 32.4.3-20200625213809'],
  libnvinfer: ['libnvinfer.so.7', 'libnvinfer.so.7.1.3'],
  cuda: ['CUDA Version 10.2.89'],
  trtexecBanner: ['&&&& RUNNING TensorRT.trtexec # /usr/src/tensorrt/bin/trtexec --help'],
  python: ['version=3.6.9'],
  pythonTensorrt: ["ModuleNotFoundError: No module named 'tensorrt'"],
};

/** Jetson Xavier NX, JetPack 5.1, 15 W mode with the GPU at its highest clock, free clocks. */
export const xavierNx51: Sections = {
  ...nano461,
  identity: [
    ...nano461['identity']!.filter((line) => !/^(l4t|model|dtsFile|kernel)=/.test(line)),
    'kernel=5.10.104-tegra',
    'model=NVIDIA Jetson Xavier NX Developer Kit',
    'dtsFile=/dvs/git/hardware/nvidia/platform/t19x/jakku/kernel-dts/tegra194-p3668-all-p3509-0000.dts',
    l4t(35, '2.1'),
  ],
  compatible: ['nvidia,p3509-0000+p3668-0000', 'nvidia,tegra194'],
  gpuClock: ['cur=114750000', 'min=114750000', 'max=1109250000', 'available=114750000 510000000 1109250000'],
  cpuClocks: ['1190400 1190400 1420800', '1190400 1190400 1420800'],
  nvpmodel: ['NV Power Mode: MODE_15W_6CORE', '2'],
  packages: ['ii  libnvinfer8 8.5.2-1+cuda11.4', 'ii  nvidia-l4t-core 35.2.1-20230124153320'],
  libnvinfer: ['libnvinfer.so.8.5.2'],
  cuda: ['{"cuda" : {"name" : "CUDA SDK", "version" : "11.4.19"}}'],
  trtexecBanner: ['&&&& RUNNING TensorRT.trtexec [TensorRT v8502] # trtexec --help'],
  python: ['version=3.8.10'],
  pythonTensorrt: ['tensorrt=8.5.2.2'],
};

/** Jetson Orin Nano 8GB, JetPack 6.2, Super mode; no file name in the device tree, the user outside of `render`. */
export const orinNano62: Sections = {
  ...nano461,
  identity: [
    ...nano461['identity']!.filter((line) => !/^(l4t|model|dtsFile|kernel|groups)=/.test(line)),
    'kernel=5.15.148-tegra',
    'groups=nano adm sudo',
    'model=NVIDIA Jetson Orin Nano Engineering Reference Developer Kit Super',
    l4t(36, '4.3'),
  ],
  compatible: ['nvidia,p3768-0000+p3767-0005-super', 'nvidia,p3767-0005', 'nvidia,tegra234'],
  gpuClock: ['cur=1020000000', 'min=1020000000', 'max=1020000000', 'available=306000000 612000000 1020000000'],
  gpuFiles: [
    'no crw-rw---- 1 0 44 10, 60 Jan 1 1970 /dev/nvmap',
    'no crw-rw---- 1 0 993 504, 1 Jan 1 1970 /dev/nvgpu/igpu0/ctrl',
  ],
  gpuGroups: ['video:x:44:', 'render:x:993:'],
  nvpmodel: ['NV Power Mode: MAXN_SUPER', '2'],
  powerModes: [
    'status=pmode:0002',
    '< POWER_MODEL ID=0 NAME=15W >',
    '< POWER_MODEL ID=1 NAME=25W >',
    '< POWER_MODEL ID=2 NAME=MAXN_SUPER >',
  ],
  packages: [
    'ii  libnvinfer10 10.3.0.30-1+cuda12.5',
    'ii  nvidia-jetpack 6.2+b77',
    'ii  nvidia-l4t-core 36.4.3-20250107174145',
  ],
  libnvinfer: ['libnvinfer.so.10', 'libnvinfer.so.10.3.0'],
  cuda: ['{"cuda" : {"name" : "CUDA SDK", "version" : "12.6.11"}}'],
  trtexecBanner: ['&&&& RUNNING TensorRT.trtexec [TensorRT v100300] # trtexec --help'],
  python: ['version=3.10.12'],
  pythonTensorrt: ['tensorrt=10.3.0'],
};
