import { App, Duration, Stack, StackProps } from "aws-cdk-lib";
import { LambdaRestApi } from "aws-cdk-lib/aws-apigateway";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { DeskFunction, FUNCTIONS } from "./functions";

interface DeskProps extends StackProps {
  readonly memory: number;
}

export class Desk extends Stack {
  constructor(scope: App, id: string, props: DeskProps) {
    super(scope, id, props);
    const [tickets, reports] = FUNCTIONS.map(
      ({ name, entry }) => new DeskFunction(this, name, { entry, memorySize: props.memory }),
    );
    tickets.addEnvironment("TABLE", "tickets");
    new LambdaRestApi(this, "Api", { handler: tickets });
    new Rule(this, "Nightly", {
      schedule: Schedule.rate(Duration.days(1)),
      targets: [new LambdaFunction(reports)],
    });
  }
}
