import boto3


def archive(prefix, text):
    s3 = boto3.client("s3")
    return s3.put_object(Bucket="archive", Key=prefix, Body=text.encode())
