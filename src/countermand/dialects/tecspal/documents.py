"""What the vendor shows: the items of `envelop`, by the property tables of their pages, and what we keep to show them.

Order: Get Order By Id and Get All Orders, in their newest revision. Company: Get All Companies. Employee: Get All Employees.
Hardware: Get All Hardwares. Catalogue: Get Catalog. Movement: Get All Movement Requests. A class whose name begins with Kept
has, beside what is shown, that by which we find it.
"""

import msgspec

Open = dict[str, object]
Number = int | float


class Document(msgspec.Struct, frozen=True, rename="camel"):
    """One JSON object."""


class Cancelled(Document, frozen=True, kw_only=True):
    """An order that was cancelled or confirmed: only the essential members."""

    id: str
    status: str


class OrderItem(Document, frozen=True, kw_only=True):
    """An order. The vendor calls `maxEta` and `minEta` dates and types them as numbers."""

    id: str
    order_number: Number
    created_at: str
    updated_at: str
    status: str
    date: str | None
    eta: str | None
    max_eta: Number | str | None
    min_eta: Number | str | None
    local_invoice: bool
    tracking_link: str | None
    tracking_code: str | None
    country_code: str
    send_to: str
    currency: str
    date_completed: str | None
    requester_email: str | None
    company_name: str
    employee_profile: Open | None
    hardwares: list[Open]
    created_hardwares: list[Open]
    api_client_requester_name: str | None
    po_number: str | None
    reseller_ids: list[object]


class Facts(Document, frozen=True, kw_only=True, omit_defaults=True):
    """What we keep of an order beside what the engine knows (id, status, times, currency, units)."""

    company_code: str = ""
    company_name: str | None = None
    webhook_url: str | None = None
    order_number: Number | None = None
    date: str | None = None
    eta: str | None = None
    max_eta: Number | str | None = None
    min_eta: Number | str | None = None
    local_invoice: bool = False
    tracking_link: str | None = None
    tracking_code: str | None = None
    country_code: str = ""
    send_to: str = ""
    date_completed: str | None = None
    requester_email: str | None = None
    employee_profile: Open | None = None
    hardwares: list[Open] = msgspec.field(default_factory=list)
    created_hardwares: list[Open] = msgspec.field(default_factory=list)
    api_client_requester_name: str | None = None
    po_number: str | None = None
    reseller_ids: list[object] = msgspec.field(default_factory=list)
    #: "Stored in the order and later added to hardware notes", "added as a comment" (Quote Order page): never shown.
    client_name: str | None = None
    comment: str | None = None


class Company(Document, frozen=True, kw_only=True):
    id: str
    created_at: str
    name: str
    legal_number: str
    country_code: str
    company_code: str
    contact_email: str
    phone: str
    webhook_url: str | None = None
    abm_code: str | None = None


class Employee(Document, frozen=True, kw_only=True):
    """An employee without the hardware that is with them, which is looked up."""

    id: str
    created_at: str
    updated_at: str
    first_name: str
    last_name: str
    email: str
    status: str
    phone: str
    government_dni: str = msgspec.field(name="governmentDNI")
    cpf: str | None = None
    address: str
    address_extra_info: str | None = None
    post_code: str
    country_code: str
    company_name: str


class KeptEmployee(Employee, frozen=True, kw_only=True):
    company_code: str


class EmployeeItem(Employee, frozen=True, kw_only=True):
    hardwares: list[Open]


class Hardware(Document, frozen=True, kw_only=True):
    id: str
    description: str | None = None
    serial_number: str | None = None
    brand: str | None = None
    name: str | None = None
    ram: str | None = None
    disk_space: str | None = None
    display_size: str | None = None
    processor: str | None = None
    image: str | None = None
    date_bought: str | None = None
    country_code: str
    status: str
    new_hardware: bool = False
    external_reference: str | None = None
    factory_reset: bool = False
    damaged: bool = False
    cost: Number | None = None
    cost_currency: str | None = None
    employee_profile: Open | None = None
    company_name: str
    storage: Open | None = None


class KeptHardware(Hardware, frozen=True, kw_only=True):
    company_code: str


class CatalogItem(Document, frozen=True, kw_only=True):
    """A model that can be ordered. `price` and `stock` are strings."""

    id: str
    country_code: str
    price: str = "0"
    stock: str = "0"
    brand: str | None = None
    name: str = ""
    ram: str | None = None
    disk_space: str | None = None
    display_size: str | None = None
    processor: str | None = None
    image: str | None = None
    deprecated: bool = False
    manufacturer_part_number: str | None = None
    hardware_type: str | None = None


class Movement(Document, frozen=True, kw_only=True):
    id: str
    movement_request_number: Number
    created_at: str
    updated_at: str
    type: str
    status: str
    eta: str | None = None
    send_to: str
    handled_by: str
    expected_date: str | None = None
    factory_reset: bool = False
    tracking_link: str | None = None
    date_completed: str | None = None
    requester_email: str | None = None
    api_client_requester_name: str | None = None
    to_employee: Open | None = None
    from_employee: Open | None = None
    storage: Open | None = None
    country_code: str
    company_name: str
    hardwares: list[Open] = msgspec.field(default_factory=list)


class KeptMovement(Movement, frozen=True, kw_only=True):
    company_code: str


class History(Document, frozen=True, kw_only=True):
    """One transition of an order. The vendor says that a record is created and not what is in it; the shape is ours."""

    order_id: str
    from_status: str | None = msgspec.field(name="from")
    to_status: str = msgspec.field(name="to")
    at: str
    actor: str
