import { createLazyRoute } from '@tanstack/react-router'
import { ShiftsPage } from './ShiftsPage'

export const shifts = createLazyRoute('/shell/shifts')({ component: ShiftsPage })
