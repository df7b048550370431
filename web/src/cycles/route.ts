import { createLazyRoute } from '@tanstack/react-router'
import { CyclesPage } from './CyclesPage'

export const cycles = createLazyRoute('/shell/cycles')({ component: CyclesPage })
