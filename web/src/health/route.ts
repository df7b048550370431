import { createLazyRoute } from '@tanstack/react-router'
import { HealthPage } from './HealthPage'

export const health = createLazyRoute('/shell/health')({ component: HealthPage })
