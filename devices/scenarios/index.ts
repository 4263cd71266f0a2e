import { parseScenario, type Scenario } from '../../sdk/power/simulator/scenario.ts';
import pi4bBattery from './pi-4b-battery.json' with { type: 'json' };
import pi4bMainsHeat from './pi-4b-mains-heat.json' with { type: 'json' };
import pi4bSolarAlwaysOn from './pi-4b-solar-always-on.json' with { type: 'json' };
import pi4bSolarPowerOff from './pi-4b-solar-power-off.json' with { type: 'json' };
import pi5Battery from './pi-5-battery.json' with { type: 'json' };
import pi5MainsHeat from './pi-5-mains-heat.json' with { type: 'json' };
import pi5SolarAlwaysOn from './pi-5-solar-always-on.json' with { type: 'json' };
import pi5SolarPowerOff from './pi-5-solar-power-off.json' with { type: 'json' };
import zero2wBattery from './zero-2w-battery.json' with { type: 'json' };
import zero2wMainsHeat from './zero-2w-mains-heat.json' with { type: 'json' };
import zero2wSolarAlwaysOn from './zero-2w-solar-always-on.json' with { type: 'json' };
import zero2wSolarPowerOff from './zero-2w-solar-power-off.json' with { type: 'json' };

const files: Readonly<Record<string, unknown>> = {
  'pi-4b-battery': pi4bBattery,
  'pi-4b-mains-heat': pi4bMainsHeat,
  'pi-4b-solar-always-on': pi4bSolarAlwaysOn,
  'pi-4b-solar-power-off': pi4bSolarPowerOff,
  'pi-5-battery': pi5Battery,
  'pi-5-mains-heat': pi5MainsHeat,
  'pi-5-solar-always-on': pi5SolarAlwaysOn,
  'pi-5-solar-power-off': pi5SolarPowerOff,
  'zero-2w-battery': zero2wBattery,
  'zero-2w-mains-heat': zero2wMainsHeat,
  'zero-2w-solar-always-on': zero2wSolarAlwaysOn,
  'zero-2w-solar-power-off': zero2wSolarPowerOff,
};

/** The scenarios that decisions are judged by. */
export const scenarios: readonly Scenario[] = Object.freeze(Object.entries(files).map(([name, value]) => parseScenario(value, `devices/scenarios/${name}.json`)));
