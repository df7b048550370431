import { createLazyRoute } from '@tanstack/react-router'
import { QualificationsPage } from './QualificationsPage'

export const qualifications = createLazyRoute('/shell/qualifications')({ component: QualificationsPage })
