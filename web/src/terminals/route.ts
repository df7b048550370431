import { createLazyRoute } from '@tanstack/react-router'
import { TerminalsPage } from './TerminalsPage'

export const terminals = createLazyRoute('/shell/terminals')({ component: TerminalsPage })
