"""Money in: three gifts by two donors, their fees, and the payout that brings what is left to the bank."""

from django.conf import settings

from config.demo import payments
from donations.models import Gift
from donations.models.gifts import GiftState
from fund import balances, chart
from fund.models import BankLine
from tests.stories.world import World, found

DONORS = {
    "visitor1": {
        "first_name": "Agathe",
        "last_name": "Donnemarque",
        "email": "agathe.donnemarque@example.org",
    },
    "visitor2": {"first_name": "Barnabé", "last_name": "Offremarque", "email": "offremarque@example.org"},
    # The first donor again, writing the address otherwise.
    "visitor3": {
        "first_name": "Agathe",
        "last_name": "Donnemarque",
        "email": " Agathe.Donnemarque@EXAMPLE.org ",
    },
}


def pledge(world: World, visitor: str, amount: str) -> Gift:
    """From the form to the open pay page."""
    form = {
        "form_token": found(r'name="form_token" value="([^"]+)"', world.read(visitor, "give")),
        "amount": "5000",
        "free_amount": amount,
        "pocket": "general",
        **DONORS[visitor],
    }
    address = world.act(visitor, "give", data=form)
    gift = Gift.objects.latest("pk")
    assert address == gift.attempts.get().pay_url and address.startswith(settings.PAY_PAGE_URL)
    return gift


def session_of(gift: Gift) -> str:
    return str(gift.attempts.get().session_id)


def gift_by_card(world: World) -> None:
    """50 €: the donor's return changes nothing, the signed event counts it, the task books its fee."""
    with world.on(4, 3):
        world.expect()
        gift = pledge(world, "visitor1", "50")
        world.expect()
        payments.pay_by_card(session_of(gift))
        assert "Votre don est arrivé" not in world.read("visitor1", "gift_page", gift.token)
        world.expect()
        world.deliver()
        world.expect(raised_cents=5_000, left_cents=5_000, gifts=1, donors=1)
        assert "Votre don est arrivé" in world.read("visitor1", "gift_page", gift.token)
        world.work()
        world.expect(fees_cents=100, left_cents=4_900)


def gift_by_debit(world: World) -> None:
    """100 € promised by a bank count for nothing until the bank pays."""
    with world.on(4, 8):
        gift = pledge(world, "visitor2", "100,00")
        payments.start_debit(session_of(gift))
        world.deliver()
        world.work()
        gift.refresh_from_db()
        assert gift.state == GiftState.PENDING
        world.expect()
    with world.on(4, 14):
        payments.confirm_debit(session_of(gift))
        world.deliver()
        world.expect(raised_cents=15_000, left_cents=14_900, gifts=2, donors=2)
        world.work()
        world.expect(fees_cents=275, left_cents=14_725)


def gift_of_odd_cents(world: World) -> None:
    """33,33 € from the first donor: a third gift, but no third donor."""
    with world.on(4, 15):
        payments.pay_by_card(session_of(pledge(world, "visitor3", "33,33")))
        world.deliver()
        world.expect(raised_cents=18_333, left_cents=18_058, gifts=3)
        world.work()
        world.expect(fees_cents=350, left_cents=17_983)


def payout_reaches_the_bank(world: World) -> None:
    """The provider pays out what it holds; the bank has it once its statement says so."""
    with world.on(4, 20):
        assert cash() == {chart.STRIPE: 17_983, chart.INTERNAL_TRANSFER: 0, chart.BANK: 0}
        statement = world.take("visitor1", "demo_bank_answer")
        world.deliver()
        assert cash() == {chart.STRIPE: 0, chart.INTERNAL_TRANSFER: 17_983, chart.BANK: 0}
        world.act("treasurer", "import_statement", file=statement)
        assert cash() == {chart.STRIPE: 0, chart.INTERNAL_TRANSFER: 0, chart.BANK: 17_983}
        assert list(BankLine.objects.values_list("state", "amount_cents")) == [("matched", 17_983)]
        world.expect()


def cash() -> dict[str, int]:
    """Where the money lies, in cents."""
    return {
        code: balances.balance_cents(code) for code in (chart.STRIPE, chart.INTERNAL_TRANSFER, chart.BANK)
    }
