import * as path from "path";
import { Duration } from "aws-cdk-lib";
import { Code, Function, FunctionProps, Runtime } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";

/** A function as this desk deploys it. */
export class DeskFunction extends Function {
  constructor(scope: Construct, name: string, props: Partial<FunctionProps> & { entry: string }) {
    const { entry, ...given } = props;
    super(scope, `${name}-function`, {
      runtime: Runtime.PYTHON_3_13,
      handler: `${name}.${entry}`,
      code: Code.fromAsset(path.join(__dirname, "..", "functions", name)),
      timeout: Duration.seconds(45),
      ...given,
    });
  }
}

export const FUNCTIONS = [
  { name: "tickets", entry: "open" },
  { name: "reports", entry: "write" },
];
