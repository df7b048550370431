import { createLazyRoute } from '@tanstack/react-router'
import { LabourPage } from './LabourPage'

export const labour = createLazyRoute('/shell/labour')({ component: LabourPage })
