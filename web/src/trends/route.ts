import { createLazyRoute } from '@tanstack/react-router'
import { TrendsPage } from './TrendsPage'

export const trends = createLazyRoute('/shell/trends')({ component: TrendsPage })
