import boto3
from flask import Blueprint, redirect

s3 = boto3.client("s3")

blueprint = Blueprint("invoices", __name__)


@blueprint.get("/<invoice_id>")
def show(invoice_id):
    return redirect(s3.generate_presigned_url("get_object", Params={"Bucket": "invoices", "Key": invoice_id}))
