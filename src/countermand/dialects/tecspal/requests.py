"""What callers send in `data` and `filters`. Null means the same as leaving a member out, and so does the empty text.

Quote Order, Remove Hardware Requests, Select Hardware Alternative, Create Company, Create Employee, Create Hardware, Create
Onboarding Movement and Create Offboarding Movement pages. Names on the wire are those of the pages, in camel case.
"""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails, PydanticCustomError

from countermand.dialects.contract import CallerFault, Fault, FaultKind, FieldFault

from .switches import AMOUNT_MAX, APPLE_IS_A_BRAND

#: Longest text in any member. The longest that a page shows is an address of 45 characters.
TEXT_CHARS_MAX: Final = 2_000

#: Items in one call. The pages' examples have one.
ITEMS_MAX: Final = 500


def _whole(value: object) -> object:
    """2.0 is a whole number in JSON; "2" and true are no numbers."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _or_none(value: str | None) -> str | None:
    return value or None


Text = Annotated[str, Field(min_length=1, max_length=TEXT_CHARS_MAX, pattern=r"^[^\x00]*$")]
Maybe = Annotated[
    Annotated[str, Field(max_length=TEXT_CHARS_MAX, pattern=r"^[^\x00]*$")] | None, AfterValidator(_or_none)
]
#: What is only looked for may be of any length: it is found or not.
Sought = Annotated[str, Field(pattern=r"^[^\x00]*$")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Date = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
Amount = Annotated[StrictInt, Field(ge=1, le=AMOUNT_MAX), BeforeValidator(_whole)]

SendTo = Literal["EMPLOYEE", "STORAGE", "OFFICE", "QUOTE_ONLY"]
QuotedType = Literal["MACBOOK", "PC", "EXTENDED_WARRANTY_MAC", "EXTENDED_WARRANTY_WINDOWS"]
HardwareType = Literal[
    "HEADPHONES",
    "MACBOOK",
    "CHAIR",
    "MOUSE",
    "TRACKPAD",
    "PC",
    "MONITOR",
    "ACCESSORY",
    "PHONE",
    "KEYBOARD",
    "IPHONE",
    "WEBCAM",
]
Brand = Literal["ACER", "APPLE", "ASUS", "DELL", "HP", "LENOVO", "SAMSUNG", "LG", "VAIO", "MICROSOFT"]

WARRANTIES: Final = frozenset({"EXTENDED_WARRANTY_MAC", "EXTENDED_WARRANTY_WINDOWS"})


class Request(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        defer_build=True,
    )


class OrderRef(Request):
    """`data` of Cancel Order and Confirm Order. A value of another type names an order that doesn't exist."""

    id: Text
    company_code: Text


class CompanyFilter(Request):
    """`filters` of a call for one document."""

    company_code: Annotated[Sought, Field(min_length=1)]


class CompanyCountryFilter(CompanyFilter):
    country_code: Sought | None = None


class CountryFilter(Request):
    country_code: Sought | None = None


class MovementFilter(CompanyCountryFilter):
    type: Sought | None = None
    status: Sought | None = None


class CreateCompany(Request):
    name: Text
    company_code: Text
    country_code: Country
    legal_number: Text
    contact_email: Text
    phone: Text
    abm_code: Maybe = None


class CompanyBody(Request):
    """The company of a quote: created if its code is new, otherwise updated with what is given."""

    company_code: Text
    name: Maybe = None
    country_code: Country | None = None
    legal_number: Maybe = None
    contact_email: Maybe = None
    phone: Maybe = None
    abm_code: Maybe = None


class EmployeeBody(Request):
    """The members of a new employee, by the page of the onboarding movement; `cpf` is on the Create Employee page."""

    first_name: Text
    last_name: Text
    email: Text
    phone: Text
    government_dni: Annotated[Text, Field(alias="governmentDNI")]
    cpf: Maybe = None
    address: Text
    address_extra_info: Maybe = None
    post_code: Text
    country_code: Country
    city: Text


class CreateEmployee(EmployeeBody):
    company_code: Text


class QuotedHardware(Request):
    hardware_type: QuotedType
    brand: Brand | None = None
    ram: Maybe = None
    disk_space: Maybe = None
    display_size: Maybe = None
    processor: Maybe = None
    gpu: Maybe = None
    model: Maybe = None
    description: Maybe = None
    amount: Amount = 1

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if self.hardware_type in WARRANTIES:
            for name, value in (("brand", self.brand), ("ram", self.ram)):
                if value is not None:
                    raise PydanticCustomError(
                        "said", "{name} is not allowed for {type}", _said(name, self.hardware_type)
                    )
        elif self.brand is None:
            raise PydanticCustomError("said", "{name} is required for {type}", _said("brand", self.hardware_type))
        if self.brand == "APPLE" and not APPLE_IS_A_BRAND:
            raise PydanticCustomError("said", "{name} is not allowed for {type}", _said("APPLE", self.hardware_type))
        return self


def _said(name: str, kind: str) -> dict[str, str]:
    return {"name": name, "type": kind}


class CatalogHardware(Request):
    """An item of Create Order: a model of the catalogue."""

    common_model_id: Text
    amount: Amount = 1


class Parties(Request):
    """For which company and which employee: by code and address, or as new ones."""

    company_code: Maybe = None
    company: CompanyBody | None = None
    employee_email: Maybe = None
    employee: EmployeeBody | None = None

    def with_company(self) -> Self:
        if self.company_code is None and self.company is None:
            raise PydanticCustomError("said", "companyCode is required")
        if self.company and self.company_code not in {None, self.company.company_code}:
            raise PydanticCustomError("said", "companyCode must be the code of company")
        return self

    def with_employee(self) -> Self:
        if self.employee_email is None and self.employee is None:
            raise PydanticCustomError("said", "employeeEmail is required")
        return self

    @property
    def code(self) -> str:
        return self.company.company_code if self.company else self.company_code or ""

    @property
    def email(self) -> str | None:
        return self.employee.email if self.employee else self.employee_email


class OrderBody(Parties):
    """What quoting and creating have in common."""

    country_code: Country
    send_to: SendTo
    po_number: Maybe = None
    client_name: Maybe = None
    abm_id: Annotated[Maybe, Field(alias="ABMId")] = None

    @model_validator(mode="after")
    def _names_company_and_employee(self) -> Self:
        self.with_company()
        return self.with_employee() if self.send_to == "EMPLOYEE" else self

    @property
    def email(self) -> str | None:
        """An employee is named where it goes to one, and means nothing elsewhere."""
        return super().email if self.send_to == "EMPLOYEE" else None


class QuoteOrder(OrderBody):
    hardwares: Annotated[tuple[QuotedHardware, ...], Field(min_length=1, max_length=ITEMS_MAX)]
    auto_quote: StrictBool = False


class CreateOrder(OrderBody):
    hardwares: Annotated[tuple[CatalogHardware, ...], Field(min_length=1, max_length=ITEMS_MAX)]


class Removal(Request):
    """Without an amount the whole request is removed."""

    hardware_request_id: Text
    amount: Amount | None = None


class RemoveHardware(Request):
    company_code: Text
    hardware_requests: Annotated[tuple[Removal, ...], Field(min_length=1, max_length=ITEMS_MAX)]


class SelectAlternative(Request):
    company_code: Text
    alternative_group_id: Text
    hardware_request_id: Text


class CreateHardware(Request):
    serial_number: Maybe = None
    description: Maybe = None
    date_bought: Maybe = None
    country_code: Country
    company_code: Text
    employee_profile_id: Maybe = None
    employee_email: Maybe = None
    hardware_type: HardwareType | None = None
    common_model_id: Maybe = None
    new_hardware: StrictBool = False
    external_reference: Maybe = None
    brand: Maybe = None
    model: Maybe = None
    ram: Maybe = None
    disk_space: Maybe = None
    display_size: Maybe = None
    processor: Maybe = None
    gpu: Maybe = None

    @model_validator(mode="after")
    def _has_a_type(self) -> Self:
        if self.hardware_type is None and self.common_model_id is None:
            raise PydanticCustomError("said", "hardwareType is required")
        return self


class Onboarding(Parties):
    company_code: Text
    country_code: Country
    hardware_ids: Annotated[tuple[Text, ...], Field(min_length=1, max_length=ITEMS_MAX)]
    expected_date: Date | None = None

    @model_validator(mode="after")
    def _names_an_employee(self) -> Self:
        return self.with_employee()


class OffboardedHardware(Request):
    """`hardwares` of an offboarding is an object; of its members only `hardwareIds` is mentioned, in the page's note."""

    hardware_ids: Annotated[tuple[Text, ...], Field(max_length=ITEMS_MAX)] = ()


class Offboarding(Parties):
    handled_by: Literal["TECSPAL", "COMPANY"]
    hardwares: OffboardedHardware
    factory_reset: StrictBool = False
    expected_date: Date | None = None

    @model_validator(mode="after")
    def _names_company_and_employee(self) -> Self:
        return self.with_company().with_employee()


# ------------------------------------------------------------------------------------------------------------------ check

Model = TypeVar("Model", bound=BaseModel)


def check(model: type[Model], document: Mapping[str, object]) -> Model:
    """The document as the model. Raises CallerFault INVALID; its first field is what the answer says."""
    try:
        return model.model_validate(_given(document))
    except ValidationError as error:
        fields = tuple(_fault(found) for found in error.errors(include_url=False))
        raise CallerFault(Fault(kind=FaultKind.INVALID, detail=fields[0].message, fields=fields)) from error


def _given(value: object) -> object:
    """Without members that are null, at any depth."""
    if isinstance(value, Mapping):
        return {name: _given(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_given(inner) for inner in value]
    return value


def _fault(error: ErrorDetails) -> FieldFault:
    path = ".".join(str(part) for part in error["loc"])
    if error["type"] == "missing" or error["input"] == "":
        message = f"{path} is required"
    elif error["type"] == "said":
        message = f"{path}: {error['msg']}" if path else error["msg"]
    else:
        message = f"{path} {error['msg'].removeprefix('Input ').removeprefix('Value ')}"
    return FieldFault(path=path, message=message)
