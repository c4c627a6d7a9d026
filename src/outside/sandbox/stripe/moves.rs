//! Money that moves after the charge: refunds, transfers and their reversals, disputes.

use serde_json::{Value, json};

use super::answer::{Answer, Problem};
use super::form::Form;
use super::routes::{Draft, page_of};

pub(super) fn refund(draft: &mut Draft<'_>, form: &Form, _: &[&str]) -> Answer {
    let mut charge = match (form.text("charge"), form.text("payment_intent")) {
        (Some(id), _) => draft.of_kind("charge", id)?,
        (None, Some(id)) => {
            let intent = draft.of_kind("payment_intent", id)?;
            let charge = intent["latest_charge"].as_str().unwrap_or_default().to_owned();
            draft.of_kind("charge", &charge)?
        }
        (None, None) => return Err(Problem::missing("payment_intent")),
    };
    if charge["captured"] != true {
        return Err(Problem::invalid("This charge has not been captured.", None));
    }
    let captured = charge["amount_captured"].as_i64().unwrap_or_default();
    let refunded: i64 =
        draft.all("refund").filter(|r| r["charge"] == charge["id"]).filter_map(|r| r["amount"].as_i64()).sum();
    let left = captured - refunded;
    if left <= 0 {
        return Err(Problem::coded("charge_already_refunded", "Charge has already been refunded."));
    }
    let amount = form.amount("amount")?.unwrap_or(left);
    if amount > left {
        let message = format!("Refund amount ({amount}) is greater than unrefunded amount on charge ({left})");
        return Err(Problem::invalid(&message, Some("amount")));
    }
    let refund = json!({
        "id": draft.new_id("re"), "object": "refund", "amount": amount, "charge": charge["id"],
        "created": draft.now, "currency": charge["currency"], "metadata": merged(&charge["metadata"], form),
        "payment_intent": charge["payment_intent"], "reason": form.text("reason"), "status": "succeeded",
        "balance_transaction": null, "receipt_number": null, "source_transfer_reversal": null,
        "transfer_reversal": null,
    });
    draft.put(&refund);
    charge["amount_refunded"] = (refunded + amount).into();
    charge["refunded"] = (refunded + amount == captured).into();
    draft.put(&charge);
    draft.event("charge.refunded", &charge);
    Ok(refund)
}

fn merged(base: &Value, form: &Form) -> Value {
    let mut all = base.as_object().cloned().unwrap_or_default();
    all.extend(form.group("metadata"));
    Value::Object(all)
}

pub(super) fn transfer(draft: &mut Draft<'_>, form: &Form, _: &[&str]) -> Answer {
    let amount = form.amount("amount")?.ok_or_else(|| Problem::missing("amount"))?;
    let destination = form.needed("destination")?.to_owned();
    let account = draft.of_kind("account", &destination)?;
    if account["capabilities"]["transfers"] != "active" {
        let message = "Your destination account needs to have at least one of the following capabilities enabled: \
                       transfers, crypto_transfers, legacy_payments";
        return Err(Problem::coded("insufficient_capabilities_for_transfer", message));
    }
    if let Some(source) = form.text("source_transaction") {
        let charge = draft.of_kind("charge", source)?;
        let spent: i64 = draft
            .all("transfer")
            .filter(|t| t["source_transaction"].as_str() == Some(source))
            .map(|t| t["amount"].as_i64().unwrap_or_default() - t["amount_reversed"].as_i64().unwrap_or_default())
            .sum();
        if spent + amount > charge["amount_captured"].as_i64().unwrap_or_default() {
            let message = "The transfers using this transaction as a source exceed its amount.";
            return Err(Problem::invalid(message, Some("amount")));
        }
    }
    let id = draft.new_id("tr");
    let transfer = json!({
        "id": id, "object": "transfer", "amount": amount, "amount_reversed": 0, "balance_transaction": null,
        "created": draft.now, "currency": form.needed("currency")?, "description": form.text("description"),
        "destination": destination, "destination_payment": draft.new_id("py"), "livemode": false, "metadata": form.metadata(),
        "reversals": {"object": "list", "data": [], "has_more": false, "url": format!("/v1/transfers/{id}/reversals")},
        "reversed": false, "source_transaction": form.text("source_transaction"), "source_type": "card",
        "transfer_group": form.text("transfer_group"),
    });
    draft.put(&transfer);
    draft.event("transfer.created", &transfer);
    Ok(transfer)
}

pub(super) fn reverse(draft: &mut Draft<'_>, form: &Form, ids: &[&str]) -> Answer {
    let mut transfer = draft.of_kind("transfer", ids.first().copied().unwrap_or_default())?;
    let total = transfer["amount"].as_i64().unwrap_or_default();
    let reversed = transfer["amount_reversed"].as_i64().unwrap_or_default();
    let amount = form.amount("amount")?.unwrap_or(total - reversed);
    if reversed >= total {
        return Err(Problem::invalid("Transfer is already fully reversed.", None));
    }
    if amount > total - reversed {
        let message = format!("Reversal amount ({amount}) is greater than the unreversed amount of this transfer.");
        return Err(Problem::invalid(&message, Some("amount")));
    }
    let reversal = json!({
        "id": draft.new_id("trr"), "object": "transfer_reversal", "amount": amount, "balance_transaction": null,
        "created": draft.now, "currency": transfer["currency"], "destination_payment_refund": null,
        "metadata": merged(&transfer["metadata"], form), "source_refund": null, "transfer": transfer["id"],
    });
    draft.put(&reversal);
    transfer["amount_reversed"] = (reversed + amount).into();
    transfer["reversed"] = (reversed + amount == total).into();
    if let Some(list) = transfer["reversals"]["data"].as_array_mut() {
        list.insert(0, reversal.clone());
    }
    draft.put(&transfer);
    draft.event("transfer.reversed", &transfer);
    Ok(reversal)
}

pub(super) fn reversals(draft: &mut Draft<'_>, form: &Form, ids: &[&str]) -> Answer {
    let transfer = draft.of_kind("transfer", ids.first().copied().unwrap_or_default())?;
    let all = transfer["reversals"]["data"].as_array().cloned().unwrap_or_default();
    Ok(page_of(all, form, transfer["reversals"]["url"].as_str().unwrap_or_default()))
}

pub(super) fn open_dispute(draft: &mut Draft<'_>, intent: &Value) -> Answer {
    let charge_id = intent["latest_charge"].as_str().unwrap_or_default().to_owned();
    let mut charge = draft.of_kind("charge", &charge_id)?;
    if charge["captured"] != true || charge["disputed"] == true {
        return Err(Problem::invalid("Only a captured charge that is not disputed yet can be disputed.", None));
    }
    charge["disputed"] = true.into();
    draft.put(&charge);
    let dispute = json!({
        "id": draft.new_id("dp"), "object": "dispute", "amount": charge["amount_captured"], "charge": charge["id"],
        "balance_transactions": [], "created": draft.now, "currency": charge["currency"],
        "enhanced_eligibility_types": [], "evidence": {"enhanced_evidence": {}},
        "evidence_details": {"due_by": null, "has_evidence": false, "past_due": false, "submission_count": 0,
                             "enhanced_eligibility": {}},
        "is_charge_refundable": false, "livemode": false, "metadata": intent["metadata"],
        "payment_intent": intent["id"], "reason": "fraudulent", "status": "needs_response",
    });
    draft.put(&dispute);
    draft.event("charge.dispute.created", &dispute);
    Ok(dispute)
}

pub(super) fn close_dispute(draft: &mut Draft<'_>, intent: &Value, won: bool) -> Answer {
    let open = draft.all("dispute").find(|d| d["payment_intent"] == intent["id"] && d["status"] == "needs_response");
    let mut dispute = open.cloned().ok_or_else(|| Problem::invalid("There is no open dispute.", None))?;
    dispute["status"] = if won { "won" } else { "lost" }.into();
    draft.put(&dispute);
    draft.event("charge.dispute.closed", &dispute);
    Ok(dispute)
}
