import { createLazyRoute } from '@tanstack/react-router'
import { ReviewsPage } from './ReviewsPage'
import { TrailPage } from './TrailPage'

export const audit = createLazyRoute('/shell/audit')({ component: TrailPage })
export const reviews = createLazyRoute('/shell/audit/reviews')({ component: ReviewsPage })
