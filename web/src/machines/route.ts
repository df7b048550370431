import { createLazyRoute } from '@tanstack/react-router'
import { MachinesPage } from './MachinesPage'

export const machines = createLazyRoute('/shell/machines')({ component: MachinesPage })
