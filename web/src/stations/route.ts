import { createLazyRoute } from '@tanstack/react-router'
import { StationsPage } from './StationsPage'

export const stations = createLazyRoute('/shell/stations')({ component: StationsPage })
