//! What the room of money keeps: one payment per booking, intended provider calls, cards, credit, accounts.

mod actions;
mod money;
mod payment;
mod people;
mod states;

pub use actions::{ActionKind, ActionState, MoneyAction};
pub use money::{CreditLot, Discrepancy, LotStatus, Milestone, PaymentMethod, PricingVersion, WebhookRow};
pub use payment::{Awaiting, BookingMoney, BookingPayment, Gone, LEAST_CHARGE, PriceQuote, Settling, Tip};
pub use people::{PayoutAccount, PayoutRow, Standing};
pub use states::{PaymentStatus, SettlementOutcome, TipStatus};
