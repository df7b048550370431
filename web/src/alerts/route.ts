import { createLazyRoute } from '@tanstack/react-router'
import { AlertsPage } from './AlertsPage'

export const alerts = createLazyRoute('/shell/alerts')({ component: AlertsPage })
