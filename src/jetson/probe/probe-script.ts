/**
 * Asks a board everything at once. It runs as `/bin/sh -s`: POSIX, for dash and busybox. It changes nothing, asks for
 * no password (`sudo -n` at most), and no tool that hangs can hang it.
 *
 * Its output is sections: a line `=name`, then the section's lines, each after a blank. What a tool prints can so never
 * pass for a section. Every section is cut at 16 KiB.
 *
 * FRAMECAST_SYSROOT, which only the server of the tests sets, is put before absolute paths: the stand-in device.
 */
export const probeScript = String.raw`
PATH=/usr/bin:/bin:/usr/sbin:/sbin
LC_ALL=C
S=$FRAMECAST_SYSROOT
[ -z "$S" ] || PATH=$S/usr/bin:$S/usr/sbin:$PATH
export PATH LC_ALL

# The timeout of busybox would leave alone what a tool has started.
limit=none
if timeout --version 2>/dev/null | grep -q coreutils; then limit=timeout; elif setsid true 2>/dev/null; then limit=setsid; fi

# bounded SECONDS COMMAND...: its output and exit status; 137 when it had to be killed, with what it had started, which
# would keep the output open otherwise.
bounded() {
  seconds=$1
  shift
  if [ $limit = timeout ]; then
    timeout -s KILL "$seconds" "$@"
    return
  fi
  if [ $limit = setsid ]; then setsid "$@" & else "$@" & fi
  child=$!
  {
    trap 'kill $timer; exit' TERM
    sleep "$seconds" &
    timer=$!
    wait $timer
    kill -9 -$child || kill -9 $child
  } >/dev/null 2>&1 &
  watch=$!
  wait $child
  status=$?
  kill $watch
  return $status
}

# section NAME: the standard input as a section.
section() {
  echo "=$1"
  head -c 16384 | tr '\000\r' '\n\n' | sed 's/^/ /'
  echo
}

# tool NAME SECONDS COMMAND...: what a tool says, as a section; one that hangs is noted.
tool() {
  name=$1
  shift
  { bounded "$@"; [ $? -ne 137 ] || echo "=hangs"; } | section "$name"
}

# value NAME FILE: the first line of a file, as NAME=line.
value() {
  [ ! -r "$2" ] || printf '%s=%s\n' "$1" "$(head -c 512 "$2" | tr '\000' ' ' | head -n 1)"
}

# own FILE: the stand-in device's version of a file of the running kernel, where it has one.
own() {
  if [ -n "$S" ] && [ -e "$S$1" ]; then echo "$S$1"; else echo "$1"; fi
}

# A function is read whole before it runs, so what runs may have another standard input than the script.
probe() {
  printf '\n=begin\n'
  {
    echo "now=$(date +%s)"
    echo "sysroot=$S"
    echo "machine=$(uname -m)"
    echo "kernel=$(uname -r)"
    echo "user=$(id -un)"
    echo "groups=$(id -Gn)"
    echo "home=$HOME"
    value bootId "$(own /proc/sys/kernel/random/boot_id)"
    value uptime "$(own /proc/uptime)"
    value model "$S/proc/device-tree/model"
    value dtsFile "$S/proc/device-tree/nvidia,dtsfilename"
    value l4t "$S/etc/nv_tegra_release"
  } | section identity

  [ ! -r "$S/proc/device-tree/compatible" ] || section compatible <"$S/proc/device-tree/compatible"

  grep -E '^(MemTotal|MemAvailable|MemFree|Buffers|Cached|SwapTotal|SwapFree):' "$(own /proc/meminfo)" | section meminfo
  grep -E '^pswp(in|out) ' "$(own /proc/vmstat)" | section vmstat
  tool disk 5 df -Pk "$HOME"

  for zone in "$S"/sys/class/thermal/thermal_zone*; do
    [ ! -r "$zone/temp" ] || echo "$(head -c 64 "$zone/type")=$(head -c 16 "$zone/temp")"
  done | section thermal

  for node in "$S"/sys/class/devfreq/* "$S"/sys/devices/gpu.0/devfreq/* "$S"/sys/devices/*.gpu/devfreq/*; do
    [ -r "$node/cur_freq" ] || continue
    kind=$(head -c 64 "$node/device/of_node/name" | tr '\000' ' ')
    case "$kind $node" in
      gpu\ *|gp10b\ *|gv11b\ *|ga10b\ *|gm20b\ *|*.gpu|*.gp10b|*.gv11b|*.ga10b|*.gm20b|*/gpu-gpc-0) ;;
      *) continue ;;
    esac
    value cur "$node/cur_freq"
    value min "$node/min_freq"
    value max "$node/max_freq"
    value available "$node/available_frequencies"
    break
  done | section gpuClock

  for load in "$S"/sys/devices/gpu.0/load "$S"/sys/devices/*.gpu/load "$S"/sys/devices/*.g???b/load \
    "$S"/sys/devices/platform/gpu.0/load "$S"/sys/devices/platform/*.gpu/load "$S"/sys/devices/platform/*/*.gpu/load \
    "$S"/sys/devices/platform/*.g???b/load; do
    [ -r "$load" ] || continue
    for sample in 1 2 3 4 5; do
      head -n 1 "$load"
      sleep 0.1 || sleep 1
    done
    break
  done | section gpuLoad

  # Thor has no such file; on Orin nvidia-smi answers that it does not know.
  [ ! -x "$S/usr/bin/nvidia-smi" ] || tool nvidiaSmi 5 "$S/usr/bin/nvidia-smi" --query-gpu=utilization.gpu --format=csv,noheader,nounits

  for cpu in "$S"/sys/devices/system/cpu/cpu[0-9]*/cpufreq; do
    [ -r "$cpu/scaling_max_freq" ] || continue
    echo "$(head -n 1 "$cpu/scaling_cur_freq") $(head -n 1 "$cpu/scaling_min_freq") $(head -n 1 "$cpu/scaling_max_freq")"
  done | section cpuClocks

  for file in "$S"/dev/nvhost-gpu "$S"/dev/nvhost-ctrl-gpu "$S"/dev/nvmap \
    "$S"/dev/nvgpu/igpu0/ctrl "$S"/dev/nvgpu/igpu0/channel; do
    [ ! -e "$file" ] || echo "$file"
  done | {
    cat
    # Thor's GPU has the driver of desktop cards, and none of the others' files.
    [ -e "$S/dev/nvhost-gpu" ] || [ -e "$S/dev/nvgpu/igpu0/ctrl" ] || ls -d "$S"/dev/nvidia[0-9]* "$S/dev/nvidiactl"
  } | while read -r file; do
    access=no
    [ ! -r "$file" ] || [ ! -w "$file" ] || access=yes
    echo "$access $(ls -ldn "$file" | head -n 1)"
  done | section gpuFiles
  grep -E '^(video|render):' "$S/etc/group" | section gpuGroups

  # With one folder alone, ls would not say its name.
  ls -l /dev/null "$S"/proc/[0-9]*/fd | awk '
    /\/fd:$/ { sub("/fd:$", ""); process = $0 }
    /\/dev\/(nvhost-gpu|nvhost-ctrl-gpu|nvhost-as-gpu|nvgpu\/|nvidia[0-9])/ { if (!seen[process]++) print process }
  ' | head -n 50 | while read -r process; do
    echo "$(basename "$process") $(head -n 1 "$process/comm")"
  done | section gpuUsers

  cat "$S"/proc/[0-9]*/comm | sort -u | grep -E '^(Xorg|Xwayland|gnome-shell|weston|lxsession|lxpanel|plasmashell|xfce4-session|gdm3|lightdm|sddm)$' | section desktop
  tool displayManager 5 systemctl is-active display-manager

  nvpmodel=$S/usr/sbin/nvpmodel
  if [ -x "$nvpmodel" ]; then
    { answer=$(bounded 5 "$nvpmodel" -q)
      case "$answer" in
        *'Power Mode'*) ;;
        *) answer=$(bounded 5 sudo -n "$nvpmodel" -q) ;;
      esac
      printf '%s\n' "$answer"
    } | section nvpmodel
  fi
  { value status "$S/var/lib/nvpmodel/status"
    grep -E 'POWER_MODEL +ID=' "$S/etc/nvpmodel.conf"
  } | section powerModes

  tool packages 15 dpkg-query -W -f '${'$'}{db:Status-Abbrev} ${'$'}{Package} ${'$'}{Version}\n' \
    nvidia-l4t-core nvidia-jetpack tensorrt 'libnvinfer[0-9]*' 'libnvinfer-bin' python3-libnvinfer 'cuda-cudart-[0-9]*'

  for library in "$S"/usr/lib/aarch64-linux-gnu/libnvinfer.so.* "$S"/usr/lib/x86_64-linux-gnu/libnvinfer.so.*; do
    [ ! -e "$library" ] || basename "$library"
  done | section libnvinfer

  { [ ! -r "$S/usr/local/cuda/version.json" ] || head -c 4096 "$S/usr/local/cuda/version.json"
    [ ! -r "$S/usr/local/cuda/version.txt" ] || head -c 256 "$S/usr/local/cuda/version.txt"
  } | section cuda

  trtexec=$S/usr/src/tensorrt/bin/trtexec
  [ -x "$trtexec" ] || trtexec=$S/usr/bin/trtexec
  [ -x "$trtexec" ] || trtexec=$(command -v trtexec)
  if [ -x "$trtexec" ]; then
    echo "$trtexec" | section trtexec
    banner() { bounded 10 "$trtexec" --help 2>&1 | head -n 5; }
    banner | section trtexecBanner
  fi

  python=$(command -v python3)
  if [ -n "$python" ]; then
    tool python 15 "$python" -c '
import sys
print("version=%d.%d.%d" % sys.version_info[:3])
try:
    import importlib.util, os, re
    spec = importlib.util.find_spec("torch")
    if spec and spec.submodule_search_locations:
        text = open(os.path.join(list(spec.submodule_search_locations)[0], "version.py")).read(4096)
        for name, key in (("__version__", "torch"), ("cuda", "torchCuda")):
            found = re.search("^%s[^=\n]*= *[\"\x27]([^\"\x27]+)" % name, text, re.M)
            if found:
                print("%s=%s" % (key, found.group(1)))
except Exception:
    pass
'
    tensorrt_module() { bounded 30 "$python" -c 'import tensorrt; print("tensorrt=" + tensorrt.__version__)' 2>&1 | tail -n 1; }
    tensorrt_module | section pythonTensorrt
  fi

  root=$HOME/.cache/framecast
  if [ -d "$root" ]; then
    { if [ -e "$root/board.lock" ] && command -v flock >/dev/null; then
        if flock -n "$root/board.lock" true; then echo "busy=no"; else echo "busy=yes"; fi
      else
        [ -e "$root/board.lock" ] || echo "busy=no"
      fi
      echo "kilobytes=$(bounded 10 du -sk "$root" | head -n 1 | sed 's/[^0-9].*//')"
      ls -r "$root/jobs" | grep -E '^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}$' | head -n 50 | sed 's/^/job=/'
    } | section framecast
  fi
  echo "=end"
}

probe </dev/null 2>/dev/null
`.trimStart();
