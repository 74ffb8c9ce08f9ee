#!/bin/sh
gcloud functions deploy upload --gen2 --runtime=python313 --source=. --trigger-http --memory=512Mi
gcloud functions deploy forward --gen2 --runtime=python313 --source=. --trigger-bucket=invoices
