#!/usr/bin/env node
import { App } from "aws-cdk-lib";
import { Desk } from "../lib/desk";

new Desk(new App(), "Desk", { memory: 256 });
