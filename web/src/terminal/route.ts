import { createLazyRoute } from '@tanstack/react-router'
import { TerminalPage } from './TerminalPage'

export const terminal = createLazyRoute('/stations/$station')({ component: TerminalPage })
