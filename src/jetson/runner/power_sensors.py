"""What the board draws, by the sensors on its power rails; read without rights if the driver allows that."""

import glob
import os
import re

from framecast_runner.board_files import file_number, file_text, sysroot_path

# Drivers of the sensors in /sys/class/hwmon: on Xavier and Orin from JetPack 5 on, and of the input on Thor.
POWER_DRIVERS = ('ina3221', 'ina238')
# Rails that everything else on the board hangs on: POM_5V_IN on Nano, VDD_IN on TX2, Xavier NX, Orin Nano and NX, VIN.
INPUT_RAIL = re.compile(r'(?:^|_)V?IN$')
UNUSED_RAIL = re.compile(r'^(?:NC|sum of .*)?$', re.IGNORECASE)

# With fewer, the mean says nothing.
FEWEST_POWER_SAMPLES = 3


def power_rails():
    """Watts by rail, by the rail's name on the board; empty if no sensor may be read."""
    rails = {}
    for folder in sorted(glob.glob(sysroot_path('/sys/class/hwmon/hwmon*'))):
        if file_text(os.path.join(folder, 'name')) not in POWER_DRIVERS:
            continue
        for channel in ('1', '2', '3'):
            microwatts = file_number(os.path.join(folder, 'power%s_input' % channel))
            if microwatts is None:
                millivolts = file_number(os.path.join(folder, 'in%s_input' % channel))
                milliamperes = file_number(os.path.join(folder, 'curr%s_input' % channel))
                microwatts = None if millivolts is None or milliamperes is None else millivolts * milliamperes
            label = file_text(os.path.join(folder, 'in%s_label' % channel))
            _add_rail(rails, label or file_text(os.path.join(folder, 'power%s_label' % channel)), microwatts, 1e-6)
    # NVIDIA's own driver of JetPack 4.
    for folder in sorted(glob.glob(sysroot_path('/sys/bus/i2c/drivers/ina3221x/*/iio:device*'))):
        for channel in ('0', '1', '2'):
            label = file_text(os.path.join(folder, 'rail_name_' + channel))
            _add_rail(rails, label, file_number(os.path.join(folder, 'in_power%s_input' % channel)), 1e-3)
    return rails


def board_watts(rails):
    """
    What the whole board draws: the input rail if there is one, else the sum of all, as AGX boards have sensors behind
    each supply and none before them. None without rails.
    """
    inputs = [watts for name, watts in rails.items() if INPUT_RAIL.search(name)]
    return (sum(inputs) if inputs else sum(rails.values())) if rails else None


class PowerMeter:
    """Samples of the power while a run is timed, those of a busy GPU apart."""

    def __init__(self):
        self.samples = []
        self.busy = []

    def add(self, rails, load):
        """`load` is the GPU's, 0 to 1; None if the board does not say it."""
        watts = board_watts(rails)
        if watts is not None and 0.0 < watts < 10000.0:
            (self.busy if load is not None and load >= 0.9 else self.samples).append((watts, rails))

    def summary(self):
        """
        The mean over the samples in which the GPU was busy. None with too few of them: what is left then is mostly the
        loading of the engine.
        """
        if len(self.busy) < FEWEST_POWER_SAMPLES:
            return None
        count = float(len(self.busy))
        names = sorted(set(name for _, rails in self.busy for name in rails))
        return {
            'meanWatts': round(sum(watts for watts, _ in self.busy) / count, 4),
            'samples': len(self.busy),
            'rails': {name: round(sum(rails.get(name, 0.0) for _, rails in self.busy) / count, 4) for name in names},
        }


def _add_rail(rails, label, value, unit):
    if value is not None and label is not None and not UNUSED_RAIL.match(label) and len(rails) < 32:
        rails[label[:64]] = value * unit
