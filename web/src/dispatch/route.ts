import { createLazyRoute } from '@tanstack/react-router'
import { DispatchPage } from './DispatchPage'

export const dispatch = createLazyRoute('/shell/dispatch')({ component: DispatchPage })
