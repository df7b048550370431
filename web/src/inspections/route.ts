import { createLazyRoute } from '@tanstack/react-router'
import { InspectionPage } from './InspectionPage'
import { InspectionsPage } from './InspectionsPage'
import { SwitchingPage } from './SwitchingPage'

export const inspections = createLazyRoute('/shell/inspections')({ component: InspectionsPage })
export const inspection = createLazyRoute('/shell/inspections/$inspection')({ component: InspectionPage })
export const switching = createLazyRoute('/shell/inspections/switching')({ component: SwitchingPage })
