import { createLazyRoute } from '@tanstack/react-router'
import { HoldPage } from './HoldPage'
import { HoldsPage } from './HoldsPage'

export const holds = createLazyRoute('/shell/holds')({ component: HoldsPage })
export const hold = createLazyRoute('/shell/holds/$hold')({ component: HoldPage })
