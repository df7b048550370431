import { createLazyRoute } from '@tanstack/react-router'
import { AgreementPage } from './AgreementPage'
import { ReviewsPage } from './ReviewsPage'

export const verdictReviews = createLazyRoute('/shell/reviews')({ component: ReviewsPage })
export const agreement = createLazyRoute('/shell/reviews/agreement')({ component: AgreementPage })
