import { createLazyRoute } from '@tanstack/react-router'
import { DowntimePage } from './DowntimePage'

export const downtime = createLazyRoute('/shell/downtime')({ component: DowntimePage })
