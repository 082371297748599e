"""What callers get of subscriptions, as types. Where they come from, and the other documents, is in `.documents`."""

from typing import Literal

from .documents import Count, Done, Shown
from .requests import BuyoutReason, CancelReason, ReturnCondition
from .scalars import Amount, Maybe, Number, Text
from .world_documents import RentalStatus


class Actor(Shown):
    user_id: str
    email: Maybe[str] = None
    display_name: Maybe[str] = None
    role: Maybe[str] = None
    member_id: Maybe[str] = None


class CancellationDetails(Shown):
    reason: CancelReason
    notes: Maybe[str] = None
    processed_by: Actor
    cancelled_at: str


class BuyoutDetails(Shown):
    buyout_price: Amount
    calculation_method: Literal["auto_calculated", "manual_override"]
    reason: BuyoutReason
    notes: Maybe[str] = None
    processed_by: Actor
    buyout_date: str


class EarlyReturnDetails(Shown):
    fee: Amount
    fee_waived: bool
    calculation_method: Literal["auto_calculated", "manual_override"]
    return_condition: ReturnCondition
    reason: Text
    damage_assessment: Maybe[str] = None
    notes: Maybe[str] = None
    processed_by: Actor
    returned_at: str


class Extension(Shown):
    extension_months: Count
    old_contract_length: Count
    new_contract_length: Count
    old_monthly_amount: Amount
    new_monthly_amount: Amount
    reason: Maybe[str] = None
    notes: Maybe[str] = None
    extended_by: Actor
    old_end_date: str
    new_end_date: str
    extended_at: str


class Rental(Shown):
    rental_id: str
    tenant_id: str
    asset_serial_number: str
    customer_id: str
    sku: str
    product_name: str
    product_id: Maybe[str] = None
    variant_id: Maybe[str] = None
    product_image_url: Maybe[str] = None
    monthly_amount: Number
    currency: str
    status: RentalStatus
    billing_group_id: Maybe[str] = None
    original_contract_length: Number
    contract_length: Number
    start_date: str
    end_date: Maybe[str] = None
    next_billing_date: Maybe[str] = None
    last_modified_date: Maybe[str] = None
    extension_history: Maybe[list[Extension]] = None
    actual_months_rented: Maybe[Number] = None
    upgrade_from_rental_id: Maybe[str] = None
    list_price: Maybe[Number] = None
    acquisition_cost: Maybe[Number] = None
    total_collected: Maybe[Number] = None
    buyout_details: Maybe[BuyoutDetails] = None
    early_return_details: Maybe[EarlyReturnDetails] = None
    cancellation_details: Maybe[CancellationDetails] = None
    order_id: str
    customer_email: str
    customer_name: str
    created_at: str
    updated_at: str
    created_by: str
    notes: Maybe[str] = None


class RentalPage(Shown):
    rentals: list[Rental]
    count: Count
    limit: Count
    has_more: bool
    next_cursor: str | None


class RentalCreated(Shown):
    success: Done
    message: str
    rental_id: str
    rental: Rental


class RentalChanged(Shown):
    success: Done
    message: str
    rental_id: str


class RentalCancelled(Shown):
    success: Done
    rental_id: str
    asset_serial_number: str
    previous_status: Literal["active"]
    cancelled_at: str
    message: str


class RentalBought(Shown):
    success: bool
    rental_id: str
    asset_serial_number: str
    buyout_price: Amount
    currency: str
    effective_date: str
    message: str


class RentalReturned(Shown):
    success: bool
    rental_id: str
    asset_serial_number: str
    early_return_fee: Amount
    currency: str
    actual_months_rented: Count
    return_date: str
    message: str


class RentalExtended(Shown):
    success: Done
    message: str
    rental_id: str
    asset_serial_number: str
    old_end_date: str
    new_end_date: str
    extension_months: Count
    old_contract_length: Count
    new_contract_length: Count


class RentalUpgraded(Shown):
    success: Done
    message: str
    old_rental_id: str
    new_rental_id: str
    old_device: str
    new_device: str
    new_monthly_amount: Amount
    currency: str


class BuyoutQuote(Shown):
    success: Done
    buyout_price: Number
    remaining_payments: Number
    depreciated_value: Number


class EarlyReturnQuote(Shown):
    success: Done
    early_return_fee: Number
    remaining_months: Number
    penalty_percentage: Number
