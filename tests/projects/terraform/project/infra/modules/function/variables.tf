variable "name" {
  type = string
}

variable "handler" {
  type = string
}

variable "code" {
  type = string
}

variable "memory" {
  type    = number
  default = 1024
}

variable "timeout" {
  type    = number
  default = 10
}
