import { createLazyRoute } from '@tanstack/react-router'
import { GaugePage } from './GaugePage'
import { GaugesPage } from './GaugesPage'
import { StudiesPage } from './StudiesPage'
import { StudyPage } from './StudyPage'

export const gauges = createLazyRoute('/shell/gauges')({ component: GaugesPage })
export const gauge = createLazyRoute('/shell/gauges/$gauge')({ component: GaugePage })
export const studies = createLazyRoute('/shell/gauge-studies')({ component: StudiesPage })
export const study = createLazyRoute('/shell/gauge-studies/$study')({ component: StudyPage })
