import boto3

s3 = boto3.client("s3")


def archive(prefix, text):
    return s3.put_object(Bucket="archive", Key=prefix, Body=text.encode())
