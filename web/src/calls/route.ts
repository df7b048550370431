import { createLazyRoute } from '@tanstack/react-router'
import { CallsPage } from './CallsPage'

export const calls = createLazyRoute('/shell/calls')({ component: CallsPage })
