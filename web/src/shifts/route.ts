import { createLazyRoute } from '@tanstack/react-router'
import { CalendarPage } from './CalendarPage'
import { ShiftsPage } from './ShiftsPage'

export const shifts = createLazyRoute('/shell/shifts')({ component: ShiftsPage })
export const calendar = createLazyRoute('/shell/calendar')({ component: CalendarPage })
