import { createLazyRoute } from '@tanstack/react-router'
import { AlarmsPage } from './AlarmsPage'
import { ChartPage } from './ChartPage'
import { ChartsPage } from './ChartsPage'
import { StudyPage } from './StudyPage'

export const charts = createLazyRoute('/shell/spc')({ component: ChartsPage })
export const chart = createLazyRoute('/shell/spc/$chart')({ component: ChartPage })
export const study = createLazyRoute('/shell/spc/$chart/study')({ component: StudyPage })
export const alarms = createLazyRoute('/shell/spc/alarms')({ component: AlarmsPage })
