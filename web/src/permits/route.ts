import { createLazyRoute } from '@tanstack/react-router'
import { PermitsPage } from './PermitsPage'

export const permits = createLazyRoute('/shell/permits')({ component: PermitsPage })
