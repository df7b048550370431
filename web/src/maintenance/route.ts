import { createLazyRoute } from '@tanstack/react-router'
import { FiguresPage } from './FiguresPage'
import { JobPage } from './JobPage'
import { MaintenancePage } from './MaintenancePage'
import { PlansPage } from './PlansPage'

export const jobs = createLazyRoute('/shell/maintenance')({ component: MaintenancePage })
export const job = createLazyRoute('/shell/maintenance/$job')({ component: JobPage })
export const plans = createLazyRoute('/shell/maintenance/plans')({ component: PlansPage })
export const figures = createLazyRoute('/shell/maintenance/figures')({ component: FiguresPage })
